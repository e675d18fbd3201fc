// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/media/media_syncs.h"

#include <gtest/gtest.h>

namespace ankisync::media {
namespace {

constexpr DeviceId kPhone{1};
constexpr DeviceId kLaptop{2};

MediaEvent Begun(DeviceId device) {
  MediaEvent event;
  event.device = device;
  event.began = true;
  return event;
}

MediaEvent Uploaded(DeviceId device, int files, std::uint64_t bytes) {
  MediaEvent event;
  event.device = device;
  event.uploaded.added = files;
  event.received_bytes = bytes;
  return event;
}

TEST(MediaSyncs, TellWhatADeviceMovedSinceItBegan) {
  MediaSyncs syncs;
  syncs.Add(Begun(kPhone));
  syncs.Add(Begun(kLaptop));
  syncs.Add(Uploaded(kPhone, 2, 20));
  syncs.Add(Uploaded(kLaptop, 1, 7));
  syncs.Add(Uploaded(kPhone, 3, 30));
  const MediaSyncs::Sync phone = syncs.End(kPhone);
  EXPECT_EQ(phone.received, 5);
  EXPECT_EQ(phone.received_bytes, 50U);
  EXPECT_EQ(phone.sent, 0);
  EXPECT_EQ(syncs.End(kLaptop).received, 1);
  EXPECT_EQ(syncs.End(kLaptop).received, 0);
}

TEST(MediaSyncs, ASyncThatWasBrokenOffDoesNotCountInTheNext) {
  MediaSyncs syncs;
  syncs.Add(Begun(kPhone));
  syncs.Add(Uploaded(kPhone, 2, 20));
  syncs.Add(Begun(kPhone));
  syncs.Add(Uploaded(kPhone, 1, 10));
  EXPECT_EQ(syncs.End(kPhone).received, 1);
}

TEST(MediaSyncs, AreBounded) {
  MediaSyncs syncs;
  syncs.Add(Uploaded(kPhone, 2, 20));
  for (std::size_t i = 0; i < MediaSyncs::kDevicesMax; ++i)
    syncs.Add(Begun(static_cast<DeviceId>(100 + i)));
  EXPECT_EQ(syncs.End(kPhone).received, 0);
}

}  // namespace
}  // namespace ankisync::media
