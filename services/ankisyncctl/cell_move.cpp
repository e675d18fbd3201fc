// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/size_text.h"
#include "services/ankisyncctl/cell_ends.h"

namespace ankisync::ctl {
namespace {

constexpr std::size_t kDiskThreads = 8;

// What a disk copies in a second, for the guess of a dry run: each byte is written and read again.
constexpr std::uint64_t kBytesPerSecond = std::uint64_t{50} << 20;

// Media is copied ahead. A second: until the server has let go of the collection.
std::uint64_t FrozenSeconds(const UserSizes& sizes) {
  return 1 + (sizes.database_bytes + sizes.snapshot_bytes) / kBytesPerSecond;
}
std::uint64_t WholeSeconds(const UserSizes& sizes) { return 1 + sizes.bytes() / kBytesPerSecond; }

enum class How { kMove, kUndo, kDryRun };

struct Options {
  std::vector<std::string> words;  // [USER] TO
  std::optional<unsigned> bucket;
  std::filesystem::path to_data;
  std::filesystem::path cells;
  bool dry_run = false;
  bool undo = false;
  bool map_is_elsewhere = false;
};

struct Moved {
  std::string user;
  AccountId account;
  UserSizes sizes;
  std::chrono::steady_clock::duration took{};
};

class Mover {
 public:
  Mover(const std::filesystem::path& from, const Options& options)
      : options_(options),
        how_(options.undo      ? How::kUndo
             : options.dry_run ? How::kDryRun
                               : How::kMove),
        from_(from),
        to_(options.to_data, options.words.back()),
        map_(ReadCellMap(options.cells)) {
    map_.Named(from_.name);
    map_.Named(to_.name);
    if (from_.name == to_.name)
      throw SyncError(ErrorKind::kInconsistentData, "both data folders are of cell " + to_.name);
  }

  void MoveUser(const std::string& name) { MoveOne(from_.open.accounts.Get(name)); }

  // One after another, each frozen for its own copy alone. Who was renamed or has an exception
  // stays: their keys, or somebody's will, say so.
  void MoveBucket(unsigned bucket) {
    const std::string home = map_.HomeOfBucket(bucket).name;
    if (home != from_.name && home != to_.name)
      throw SyncError(ErrorKind::kInconsistentData,
                      "bucket " + std::to_string(bucket) + " is in cell " + home);
    MoveAll(bucket);
    if (how_ != How::kMove) return;
    ChangeMap([&](CellMap& map) {
      PinTheRenamed(map);
      map.PlaceBucket(bucket, to_.name);
      for (const Account& account : to_.open.accounts.List()) {  // the bucket says it now
        const auto exception = map.exceptions().find(account.id);
        if (exception != map.exceptions().end() && exception->second.cell == to_.name)
          Place(map, account);
      }
    });
    MoveAll(bucket);  // who was added meanwhile
  }

  const std::vector<Moved>& moved() const { return moved_; }
  const CellMap& map() const { return map_; }

 private:
  void MoveAll(unsigned bucket) {
    for (const Account& account : from_.open.accounts.List()) {
      if (BucketOf(account.name) == bucket && !WasRenamed(account) && IsOfBucket(account))
        MoveOne(account);
    }
  }

  bool IsOfBucket(const Account& account) const {
    const auto move = from_.holds.MoveOf(account.id);
    if (move) return move->cell == to_.name && !HasArrived(account);
    return !map_.exceptions().contains(account.id) && how_ != How::kUndo;
  }

  bool HasArrived(const Account& account) const {
    return from_.holds.MoveOf(account.id)->state == MoveState::kGone &&
           !to_.holds.MoveOf(account.id);
  }

  void MoveOne(const Account& account) {
    const auto began = std::chrono::steady_clock::now();
    AccountMove move(from_.end(), to_.end(), account, disk_);
    move.Check();
    Moved& moved = moved_.emplace_back(Moved{
        .user = account.name,
        .account = account.id,
        .sizes = SizesOf(from_.open.volume.root() / "collections" / "users" / account.folder)});
    if (how_ == How::kUndo) move.Undo();
    if (how_ == How::kMove) {
      move.Advance();
      ChangeMap([&](CellMap& map) {
        PinTheRenamed(map);
        Place(map, account);
      });
      move.Thaw();
    }
    moved.took = std::chrono::steady_clock::now() - began;
  }

  void Place(CellMap& map, const Account& account) const {
    map.Place(account.id, account.name, to_.name,
              WasRenamed(account) ? CellMap::Keep::kAlways : CellMap::Keep::kWhereNeeded);
  }

  // Their keys name the bucket of a name that they have no more, which may move one day.
  void PinTheRenamed(CellMap& map) const {
    for (const Account& account : from_.open.accounts.List()) {
      if (WasRenamed(account) && !map.exceptions().contains(account.id) &&
          !from_.holds.MoveOf(account.id))
        map.Place(account.id, account.name, from_.name, CellMap::Keep::kAlways);
    }
  }

  void ChangeMap(const std::function<void(CellMap&)>& change) {
    if (options_.map_is_elsewhere) return change(map_);
    map_ = ChangeCellMap(options_.cells, change);
  }

  const Options& options_;
  const How how_;
  OpenCell from_;
  OpenCell to_;
  CellMap map_;
  WorkerPool disk_{kDiskThreads};
  std::vector<Moved> moved_;
};

void Say(Context& context, const Options& options, const Mover& mover) {
  const char* const did = options.undo ? "stays: " : options.dry_run ? "would move: " : "moved: ";
  for (const Moved& moved : mover.moved()) {
    const UserSizes& sizes = moved.sizes;
    const auto text = [](std::uint64_t bytes) {
      return SizeText(static_cast<std::int64_t>(bytes));
    };
    context.out << did << moved.user << " (" << text(sizes.database_bytes) << " of databases, "
                << text(sizes.media_bytes) << " in " << sizes.media_files << " media files, "
                << text(sizes.snapshot_bytes) << " of snapshots)";
    if (options.dry_run) {
      context.out << ", frozen for about " << FrozenSeconds(sizes) << " s of about "
                  << WholeSeconds(sizes) << " s";
    }
    context.out << "\n";
  }
  if (mover.moved().empty()) context.out << "nobody is to be moved\n";
  if (options.dry_run || options.undo) return;
  if (options.map_is_elsewhere) {
    context.out << "Nobody is sent to " << options.words.back()
                << " before the file of cells says this:\n"
                << mover.map().Text();
  } else if (!mover.moved().empty()) {
    context.out << "What was copied stays until you say: cell confirm\n";
  }
}

void SayInJson(Context& context, const Options& options, const Mover& mover) {
  std::string json;
  json::Writer out(json);
  out.StartObject().Key(options.undo ? "stay" : options.dry_run ? "would_move" : "moved");
  out.StartArray();
  for (const Moved& moved : mover.moved()) {
    out.StartObject().Key("user").Text(moved.user).Key("account").Int(Raw(moved.account));
    out.Key("database_bytes").Int(moved.sizes.database_bytes);
    out.Key("snapshot_bytes").Int(moved.sizes.snapshot_bytes);
    out.Key("media_files").Int(moved.sizes.media_files);
    out.Key("media_bytes").Int(moved.sizes.media_bytes);
    if (options.dry_run) {
      out.Key("frozen_seconds").Int(FrozenSeconds(moved.sizes));
      out.Key("seconds").Int(WholeSeconds(moved.sizes));
    } else {
      out.Key("seconds").Double(std::chrono::duration<double>(moved.took).count());
    }
    out.EndObject();
  }
  out.EndArray();
  if (options.map_is_elsewhere) out.Key("cells").Text(mover.map().Text());
  out.EndObject();
  context.out << json << "\n";
}

}  // namespace

Action DefineCellMove(CLI::App& command_line) {
  const auto options = std::make_shared<Options>();
  command_line
      .add_option("USER TO", options->words,
                  "Whom, and to which cell. With --bucket: only to which cell")
      ->required()
      ->expected(1, 2);
  command_line.add_option("--bucket", options->bucket, "All users of this bucket, 0 to 1023");
  command_line.add_option("--to-data", options->to_data, "The data folder of cell TO")
      ->required()
      ->type_name("DIR");
  DefineCellsOption(command_line, options->cells);
  command_line.add_flag("--dry-run", options->dry_run, "Only say how much it is, and how long");
  command_line.add_flag("--undo", options->undo,
                        "Of a move that was interrupted: leave the user where it was");
  command_line.add_flag("--map-is-elsewhere", options->map_is_elsewhere,
                        "Do not write the file of cells but show it: something else keeps it");
  return [options](Context& context) {
    if (options->words.size() != (options->bucket ? 1U : 2U))
      throw CLI::ValidationError("say USER TO, or --bucket N TO");
    if (options->cells.empty()) throw CLI::ValidationError("say which file of cells: --cells FILE");
    if (options->bucket.value_or(0) >= kBuckets)
      throw CLI::ValidationError("buckets are 0 to 1023");
    Mover mover(context.data, *options);
    if (options->bucket) {
      mover.MoveBucket(*options->bucket);
    } else {
      mover.MoveUser(options->words.front());
    }
    (context.as_json ? SayInJson : Say)(context, *options, mover);
  };
}

}  // namespace ankisync::ctl
