// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "services/ankisyncctl/doctor/local/local.h"

namespace ankisync::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamedMax = 5;

// The files and folders at the top of a folder.
std::vector<fs::path> In(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code unreadable;
  for (fs::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end;
       entry.increment(unreadable))
    found.push_back(entry->path());
  return found;
}

// What servers open by name; images and sounds are as private as the folder that they are in.
std::vector<fs::path> Inspected(const Volume& volume) {
  std::vector<fs::path> all = In(volume.root());
  for (const std::string& user : volume.Folders()) {
    const fs::path folder = volume.root() / "collections" / "users" / user;
    all.push_back(folder);
    const auto inside = In(folder);
    all.insert(all.end(), inside.begin(), inside.end());
  }
  return all;
}

class Named {
 public:
  void Add(const fs::path& path) {
    if (++count_ <= kNamedMax) text_ += (text_.empty() ? "" : ", ") + path.string();
  }
  bool empty() const { return count_ == 0; }
  std::string text() const {
    return count_ <= kNamedMax ? text_
                               : text_ + " and " + std::to_string(count_ - kNamedMax) + " more";
  }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

}  // namespace

void CheckPermissions(const Volume& volume, Findings& findings) {
  Named locked;
  Named open;
  for (const fs::path& path : Inspected(volume)) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) continue;  // gone meanwhile
    const int wanted = R_OK | W_OK | (S_ISDIR(facts.st_mode) ? X_OK : 0);
    if (::faccessat(AT_FDCWD, path.c_str(), wanted, AT_EACCESS) != 0) locked.Add(path);
    if ((facts.st_mode & (S_IROTH | S_IWOTH)) != 0) open.Add(path);
  }
  if (!locked.empty()) {
    findings.push_back(
        {Severity::kError, "permissions",
         "User " + std::to_string(::geteuid()) + " may not read and write: " + locked.text() + ".",
         "that the server encountered a problem, again and again.",
         "Give everything to the user that the server runs as:\nchown -R USER " +
             volume.root().string()});
  }
  if (!open.empty()) {
    findings.push_back({Severity::kWarning, "permissions",
                        "Every user of this machine can read: " + open.text() + ".",
                        "nothing; but people's cards and password hashes are in there.",
                        "chmod -R o= " + volume.root().string()});
  }
  if (locked.empty() && open.empty()) {
    findings.push_back({Severity::kOk, "permissions",
                        "Its files belong to the server, and to nobody else.", "", ""});
  }
}

}  // namespace ankisync::doctor
