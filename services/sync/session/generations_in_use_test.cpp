// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "common/codec/zstd_stream.h"
#include "common/core/files.h"
#include "common/storage/collection/upload_check.h"
#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"

extern char** environ;  // NOLINT: of the process

// Others read the file while syncs go on and while it is replaced: downloads, and people with a
// shell.
namespace ankisync::sync {
namespace {

constexpr char kOneCard[] = "INSERT INTO cards VALUES (7,5,1,0,1,1,0,0,1,1,2500,1,0,0,0,0,0,'{}')";

// The sqlite3 shell of another process.
class Shell {
 public:
  explicit Shell(const std::filesystem::path& database) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipe");
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::string name = "sqlite3";
    std::string batch = "-batch";
    std::string path = database.string();
    std::array<char*, 4> arguments{name.data(), batch.data(), path.data(), nullptr};
    const int error =
        ::posix_spawnp(&process_, "sqlite3", &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = ::fdopen(out[0], "r");
    if (error != 0) throw std::runtime_error("no sqlite3 shell: install the package sqlite3");
  }
  ~Shell() {
    ::close(to_);
    ::fclose(from_);
    ::waitpid(process_, nullptr, 0);
  }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // One statement that answers with one line.
  std::string Ask(std::string statement) {
    statement += ";\n";
    if (::write(to_, statement.data(), statement.size()) < 0) return "gone";
    std::array<char, 200> line{};
    if (!::fgets(line.data(), line.size(), from_)) return "gone";
    std::string answer(line.data());
    answer.pop_back();
    return answer;
  }

 private:
  pid_t process_ = 0;
  int to_ = -1;
  FILE* from_ = nullptr;
};

std::string Plain(http::Answer answer) { return SyncServer::Read(std::move(answer)).text; }

std::size_t ReviewsIn(const std::string& file) {
  return static_cast<std::size_t>(CollectionFile(file).tables().revlog.Count());
}

class FileInUse : public testing::Test {
 protected:
  FileInUse() { server.Install("ada", CollectionFile::Base()); }

  http::Answer Download() { return device.Send("download", ZstdCompress("{}")); }

  void SyncReview(int usn, int id) {
    device.Start(usn);
    device.ApplyChunk("{\"revlog\":[[" + std::to_string(id) + ",5,10,1,1,1,1,1,1]]}");
    EXPECT_EQ(device.Finish().status, 200);
  }

  SyncServer server;
  Device device{server};
};

TEST_F(FileInUse, ByAShellThatReadsIsReplacedAndTheShellKeepsWhatItSaw) {
  SyncReview(10, 1);
  Shell shell(server.FolderOf("ada") / "collection.anki2");
  EXPECT_EQ(shell.Ask("BEGIN; SELECT count(*) FROM revlog"), "1");
  EXPECT_EQ(device.Upload(CollectionFile().Run(kOneCard).bytes()).text, "OK");
  SyncReview(10, 2);
  EXPECT_EQ(shell.Ask("SELECT count(*) FROM revlog"), "1");
  EXPECT_EQ(shell.Ask("SELECT count(*) FROM cards"), "0");
  EXPECT_EQ(shell.Ask("COMMIT; SELECT max(id) FROM revlog"), "1") << "the old generation";
  Shell later(server.FolderOf("ada") / "collection.anki2");
  EXPECT_EQ(later.Ask("SELECT count(*) FROM cards"), "1");
  EXPECT_EQ(later.Ask("SELECT max(id) FROM revlog"), "2");
}

TEST_F(FileInUse, ByAShellThatReadsIsDownloadedWholeAllTheSame) {
  SyncReview(10, 1);
  Shell shell(server.FolderOf("ada") / "collection.anki2");
  EXPECT_EQ(shell.Ask("BEGIN; SELECT count(*) FROM revlog"), "1");
  SyncReview(11, 2);
  EXPECT_EQ(ReviewsIn(Plain(Download())), 2U);
}

TEST_F(FileInUse, ByADownloadIsSyncedAndEveryDownloadIsOfItsOwnMoment) {
  SyncReview(10, 1);
  http::Answer first = Download();
  SyncReview(11, 2);
  http::Answer second = Download();  // while the first one pins the file
  SyncReview(12, 3);
  http::Answer third = Download();
  EXPECT_EQ(ReviewsIn(Plain(std::move(second))), 2U);
  EXPECT_EQ(ReviewsIn(Plain(std::move(first))), 1U);
  EXPECT_EQ(ReviewsIn(Plain(std::move(third))), 3U);
  EXPECT_EQ(ReviewsIn(Plain(Download())), 3U);
  // Copies were made where the file was pinned; nothing of them stays.
  for (const auto& entry : std::filesystem::directory_iterator(server.FolderOf("ada"))) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("collection.copy-"));
  }
}

TEST_F(FileInUse, ByADownloadIsReplacedAndTheDownloadIsTheOldOne) {
  SyncReview(10, 1);
  http::Answer old = Download();
  EXPECT_EQ(device.Upload(CollectionFile().Run(kOneCard).bytes()).text, "OK");
  EXPECT_EQ(device.Upload(CollectionFile().Run(kOneCard).bytes()).text, "OK");
  CollectionFile read(Plain(std::move(old)));
  EXPECT_EQ(read.tables().revlog.Count(), 1);
  EXPECT_FALSE(read.tables().cards.Any());
}

TEST_F(FileInUse, ByADownloadIsClosedAndTheDownloadGoesOn) {
  SyncReview(10, 1);
  http::Answer download = Download();
  SyncReview(11, 2);
  server.clock().Advance(std::chrono::minutes(10));
  server.Settle("ada");
  server.collections().Tidy();
  server.Settle("ada");
  EXPECT_EQ(server.collections().size(), 0U);
  SyncReview(12, 3);
  EXPECT_EQ(ReviewsIn(Plain(std::move(download))), 1U);
}

TEST_F(FileInUse, ADownloadCouldBeUploadedAsItIs) {
  SyncReview(10, 1);
  const std::string file = Plain(Download());
  TemporaryFolder folder(Scratch());
  WriteFileAtomically(folder / "downloaded.anki2", file);
  EXPECT_FALSE(CheckUpload(folder / "downloaded.anki2", UnixMillis{0}));
  EXPECT_EQ(file.substr(18, 2), "\x02\x02") << "a WAL file, as clients expect it";
}

}  // namespace
}  // namespace ankisync::sync
