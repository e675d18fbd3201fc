// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/moving/import_media.h"

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <span>

#include "common/codec/nfc.h"
#include "common/core/error.h"
#include "common/storage/media/media_import.h"
#include "common/storage/media/media_name.h"

namespace ankisync {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFileBytesMax = std::uint64_t{100} << 20;  // what clients sync
constexpr std::int64_t kUsnMax = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kFilesAtOnce = 200;  // one commit, and one fsync of each folder, for so many

bool IsLeftover(std::string_view name) {
  return name.starts_with(".tmp_") || name.starts_with(".nfs") || name == ".DS_Store";
}

// Why a file cannot be a medium; nullptr when it can.
const char* WhyNotMedia(const fs::directory_entry& entry, const std::string& name) {
  if (!entry.is_regular_file() || entry.is_symlink()) return "no plain file";
  if (entry.file_size() == 0) return "empty";
  if (entry.file_size() > kFileBytesMax) return "larger than 100 MiB, which no client syncs";
  return WhyNotAddable(name);
}

using Files = std::map<std::string, fs::path>;  // by their NFC names

void TakeFile(const fs::directory_entry& entry, Files& files, MediaPlan& plan) {
  const std::string own = entry.path().filename().string();
  if (IsLeftover(own)) return;
  const std::string name = Nfc(own);
  if (const char* why = WhyNotMedia(entry, name)) {
    plan.remarks.push_back("file " + own + " is left aside: " + why);
    return;
  }
  const auto [at, is_new] = files.emplace(name, entry.path());
  if (is_new) return;
  // Two spellings of one name: the one that clients would use.
  plan.remarks.push_back("file " + name + " is there in two spellings: one is left aside");
  if (own == name) at->second = entry.path();
}

Files ListFiles(const fs::path& folder, MediaPlan& plan) {
  Files files;
  if (!fs::exists(folder)) return files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    TakeFile(entry, files, plan);
  }
  for (const auto& [name, path] : files) plan.bytes += fs::file_size(path);
  return files;
}

// The rows by their usns; of several with one NFC name the latest.
std::vector<ForeignMedia::Row> InOrder(const ForeignMedia& foreign) {
  std::map<std::string, ForeignMedia::Row> latest;
  for (ForeignMedia::Row row : foreign.rows) {
    row.name = Nfc(row.name);
    const auto [at, is_new] = latest.emplace(row.name, row);
    if (!is_new && at->second.usn < row.usn) at->second = row;
  }
  std::vector<ForeignMedia::Row> rows;
  rows.reserve(latest.size());
  for (auto& [name, row] : latest) rows.push_back(std::move(row));
  std::ranges::stable_sort(rows, {}, &ForeignMedia::Row::usn);
  return rows;
}

bool AreUsable(std::span<const ForeignMedia::Row> rows) {
  std::int64_t last = 0;
  return std::ranges::all_of(rows, [&last](const ForeignMedia::Row& row) {
    const bool is_above = row.usn > last && row.usn <= kUsnMax;
    last = row.usn;
    return is_above;
  });
}

}  // namespace

MediaPlan PlanMedia(const ForeignMedia& foreign) {
  MediaPlan plan;
  plan.last_usn = static_cast<Usn>(std::clamp<std::int64_t>(foreign.last_usn, 0, kUsnMax));
  Files files = ListFiles(foreign.files, plan);
  const std::vector<ForeignMedia::Row> rows = InOrder(foreign);
  const bool keeps_usns = AreUsable(rows);
  for (const ForeignMedia::Row& row : rows) {
    const auto file = files.find(row.name);
    const bool is_there = file != files.end();
    if (row.is_deleted && is_there && !foreign.trusts_deletions) continue;  // added below
    if (!row.is_deleted && !is_there) {
      plan.remarks.push_back("file " + row.name + " is lost: clients that have it send it again");
      continue;
    }
    if (row.is_deleted && is_there)
      plan.remarks.push_back("file " + row.name + " is left aside: it was deleted");
    plan.entries.push_back(
        {.name = row.name,
         .file = row.is_deleted ? fs::path() : file->second,
         .usn = keeps_usns ? std::optional(static_cast<Usn>(row.usn)) : std::nullopt,
         .sha1 = row.sha1,
         .changed = row.changed});
    if (is_there) files.erase(file);
  }
  for (const auto& [name, path] : files)
    plan.entries.push_back({name, path, std::nullopt, std::nullopt, {}});
  return plan;
}

namespace {

// Entries that become rows together.
class BatchImport {
 public:
  BatchImport(UserMedia& media, Usn& last_usn)
      : media_(media), batch_(media.NewBatch()), last_usn_(last_usn) {}

  void Add(const MediaPlan::Entry& entry) {
    MediaImport::Row row{.name = entry.name,
                         .is_deleted = entry.file.empty(),
                         .changed = entry.changed == UnixSeconds{} ? media_.now() : entry.changed};
    if (row.is_deleted) {
      row.content.sha1 = entry.sha1.value_or(Sha1Digest{});
    } else {
      row.content = batch_.AddFile(entry.file);
    }
    const bool is_as_clients_think =
        row.is_deleted || !entry.sha1 || *entry.sha1 == row.content.sha1;
    row.usn = entry.usn && is_as_clients_think ? *entry.usn : FreshUsn();
    rows_.push_back(std::move(row));
  }

  void Commit() {
    batch_.Sync();
    MediaImport import(media_.index());
    batch_.Publish();
    for (const MediaImport::Row& row : rows_) import.Put(row);
    import.Commit(last_usn_);
  }

 private:
  Usn FreshUsn() {
    if (Raw(last_usn_) == kUsnMax)
      throw SyncError(ErrorKind::kInconsistentData, "the media index has no usn left");
    return last_usn_ = Next(last_usn_);
  }

  UserMedia& media_;
  BlobBatch batch_;
  Usn& last_usn_;
  std::vector<MediaImport::Row> rows_;
};

std::vector<MediaPlan::Entry> WithoutThoseDone(const MediaPlan& plan, MediaIndex& index) {
  std::set<std::string> done;
  for (MediaImport::Row& row : MediaImport::RowsOf(index)) done.insert(std::move(row.name));
  std::vector<MediaPlan::Entry> left;
  std::ranges::copy_if(plan.entries, std::back_inserter(left),
                       [&](const MediaPlan::Entry& entry) { return !done.contains(entry.name); });
  return left;
}

// The first entries of `left` that go together: never none, and a large file alone.
std::span<const MediaPlan::Entry> NextBatch(std::span<const MediaPlan::Entry> left) {
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  for (; count < left.size() && count < kFilesAtOnce; ++count) {
    if (!left[count].file.empty()) bytes += fs::file_size(left[count].file);
    if (count > 0 && bytes > kImportedBytesAtOnce) break;
  }
  return left.first(count);
}

}  // namespace

void ImportMedia(const MediaPlan& plan, SourceFiles source, UserMedia& media,
                 const std::function<void(std::uint64_t files)>& progress) {
  const std::vector<MediaPlan::Entry> left = WithoutThoseDone(plan, media.index());
  Usn last_usn = std::max(plan.last_usn, media.index().totals().last_usn);
  std::uint64_t done = plan.entries.size() - left.size();
  for (std::span<const MediaPlan::Entry> rest(left), entries; !rest.empty();
       rest = rest.subspan(entries.size())) {
    entries = NextBatch(rest);
    BatchImport batch(media, last_usn);
    for (const MediaPlan::Entry& entry : entries) batch.Add(entry);
    batch.Commit();
    if (source == SourceFiles::kLeave) {
      for (const MediaPlan::Entry& entry : entries) ::unlink(entry.file.c_str());
    }
    done += entries.size();
    progress(done);
  }
  // An index of deletions alone, or of none at all, has a last usn too.
  MediaImport(media.index()).Commit(last_usn);
}

}  // namespace ankisync
