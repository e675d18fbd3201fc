// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

namespace ankisync {

// A user's collection as a row of generations: `collection.anki2` is a symbolic link to the present
// one. A collection is never replaced by renaming a file over one that somebody may have open,
// because SQLite names the WAL after the link's target: an old reader and a new writer each keep a
// whole database.
//
//   collection.anki2 -> gen-0007.anki2
//   gen-0006.anki2       the one before, until storage/snapshots has made a snapshot of it
//
// By the holder of the user's lock, where nothing else is said. Errors: those of core/files.h.
class Generations {
 public:
  explicit Generations(std::filesystem::path user_folder) : folder_(std::move(user_folder)) {}

  // 0: the user has no collection yet. kUnavailable: the link is there and leads to no generation,
  // or is none.
  int current() const;
  std::filesystem::path PathOf(int generation) const;
  std::filesystem::path link() const { return folder_ / "collection.anki2"; }

  // Where the next generation is prepared.
  std::filesystem::path NewFile() const { return folder_ / "collection.new"; }

  // The file prepared at NewFile(), closed and complete, becomes the present generation: fsync,
  // rename, link, fsync of the folder. Afterwards either the old or the new one is in force.
  // Returns its number.
  int SwitchToNewFile();

  // Removes what a killed process left: a half-made new file, generations that never came into
  // force. Where the link alone is missing, it is made again: a user whose files were copied
  // without links has not lost them.
  void Sweep();

  // Those before the present one, ascending. Any thread, with no lock: what was replaced once is
  // never in force again.
  std::vector<int> Superseded() const;

 private:
  void LinkTo(int generation) const;

  std::filesystem::path folder_;
};

// Removes a database with its side files.
void RemoveDatabase(const std::filesystem::path& path);

}  // namespace ankisync
