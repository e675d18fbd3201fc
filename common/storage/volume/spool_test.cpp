// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/volume/spool.h"

#include <gtest/gtest.h>

#include "common/core/files.h"
#include "common/core/temporary_folder.h"
#include "common/storage/volume/other_process.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

TEST(Spool, OfADeadProcessIsSweptAndOfALivingOneIsNot) {
  const TemporaryFolder folder;
  const Volume volume(folder.path(), Volume::Create::kIfMissing);
  const auto leave_a_body = [&] {
    auto spool = std::make_unique<Spool>(volume);
    WriteFileAtomically(spool->folder() / "body", "half an upload");
    return spool;
  };
  const auto spools_of = [&](pid_t pid) {
    return std::count_if(
        fs::directory_iterator(folder / "spool"), fs::directory_iterator(),
        [&](const fs::directory_entry& entry) {
          return entry.path().filename().string().starts_with(std::to_string(pid) + "-");
        });
  };
  OtherProcess living(leave_a_body);
  OtherProcess dying(leave_a_body);
  const pid_t dead = dying.pid();
  dying.Kill();
  ASSERT_EQ(spools_of(dead), 1);

  const Spool ours(volume);
  EXPECT_EQ(spools_of(dead), 0);
  EXPECT_EQ(spools_of(living.pid()), 1);
  EXPECT_TRUE(fs::is_directory(ours.folder()));
}

TEST(Spool, LeavesNothingBehind) {
  const TemporaryFolder folder;
  const Volume volume(folder.path(), Volume::Create::kIfMissing);
  fs::path ours;
  {
    const Spool spool(volume);
    ours = spool.folder();
    WriteFileAtomically(ours / "body", "half an upload");
  }
  EXPECT_FALSE(fs::exists(ours));
}

}  // namespace
}  // namespace ankisync
