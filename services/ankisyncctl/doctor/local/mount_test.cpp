// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/local/mount.h"

#include <gtest/gtest.h>

namespace ankisync::doctor {
namespace {

constexpr char kMounts[] =
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "40 22 0:40 / /srv/anki rw,relatime shared:5 master:1 - nfs4 nas:/anki rw,vers=4.2\n"
    "41 22 0:41 / /srv/with\\040blank rw - fuse.sshfs host: rw\n"
    "42 40 8:2 / /srv/anki/disk rw - xfs /dev/sdb1 rw\n"
    "43 22 0:43 / /srv/anki rw - cifs //nas/anki rw\n";

TEST(Mount, IsTheInnermostAroundAFolder) {
  EXPECT_EQ(MountOf("/var/lib", kMounts)->type, "ext4");
  EXPECT_EQ(MountOf("/srv/anki", kMounts)->type, "cifs");  // mounted over the other
  EXPECT_EQ(MountOf("/srv/anki/disk/data", kMounts)->point, "/srv/anki/disk");
  EXPECT_EQ(MountOf("/srv/ankitwo", kMounts)->point, "/");
  EXPECT_EQ(MountOf("/srv/with blank/data", kMounts)->type, "fuse.sshfs");
  EXPECT_FALSE(MountOf("/var", ""));
}

TEST(FileSystem, OfAnotherMachineIsKnownAsSuch) {
  for (const char* type : {"nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs",
                           "fuse.glusterfs", "fuse.rclone", "fuse.ceph-fuse"})
    EXPECT_EQ(KindOf(type), FileSystem::kOnNetwork) << type;
  for (const char* type : {"ext4", "xfs", "btrfs", "zfs"})
    EXPECT_EQ(KindOf(type), FileSystem::kOnDisk) << type;
  EXPECT_EQ(KindOf("tmpfs"), FileSystem::kInMemory);
  EXPECT_EQ(KindOf("overlay"), FileSystem::kOfContainer);
  EXPECT_EQ(KindOf("fuse.mergerfs"), FileSystem::kOther);
}

}  // namespace
}  // namespace ankisync::doctor
