// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/http/outgoing_answer.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <string>

#include "common/core/error.h"
#include "common/core/files.h"

namespace ankisync::http {
namespace {

using Progress = OutgoingAnswer::Progress;

// A source that says what it is told to and gives its pieces one by one.
class Pieces final : public ByteSource {
 public:
  Pieces(std::vector<std::string> pieces, std::optional<std::uint64_t> size)
      : pieces_(std::move(pieces)), size_(size) {}
  std::size_t Read(std::span<char> into) override {
    if (next_ == pieces_.size()) return 0;
    return pieces_[next_++].copy(into.data(), into.size());
  }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  std::vector<std::string> pieces_;
  std::optional<std::uint64_t> size_;
  std::size_t next_ = 0;
};

class OutgoingAnswerTest : public testing::Test {
 protected:
  OutgoingAnswerTest() {
    std::array<int, 2> pair{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    ours_ = UniqueFd(pair[0]);
    theirs_ = UniqueFd(pair[1]);
  }

  // Everything that leaves until the answer is done.
  std::string Wire(Answer answer, AnswerStyle style = {}) {
    OutgoingAnswer outgoing(std::move(answer), style, 1000, std::nullopt);
    std::string wire;
    for (;;) {
      const Progress progress = outgoing.Push(ours_.get());
      wire += Received();
      if (progress == Progress::kDone) break;
      if (progress == Progress::kPieceWanted) outgoing.Pull();
      if (progress == Progress::kFailed) return wire + "<failed>";
    }
    keep_alive_ = outgoing.keep_alive();
    EXPECT_EQ(outgoing.sent(), wire.size());
    return wire;
  }

  std::string Received() {
    std::string text;
    std::array<char, 65536> bytes;
    for (ssize_t count; (count = ::recv(theirs_.get(), bytes.data(), bytes.size(), 0)) > 0;) {
      text.append(bytes.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

  static std::shared_ptr<const UniqueFd> FileWith(const std::string& text) {
    auto file = std::make_shared<UniqueFd>(OpenUnnamedFile(testing::TempDir()));
    WriteAll(file->get(), text);
    return file;
  }

  UniqueFd ours_;
  UniqueFd theirs_;
  bool keep_alive_ = false;
};

TEST_F(OutgoingAnswerTest, AStringHasALengthAndLeavesInOneSend) {
  OutgoingAnswer outgoing({200, {{"A", "b"}}, "hello"}, {}, 1000, std::nullopt);
  EXPECT_EQ(outgoing.Push(ours_.get()), Progress::kDone);
  EXPECT_EQ(Received(),
            "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello");
}

TEST_F(OutgoingAnswerTest, TheHeadOfAHeadIsTheSameWithoutTheBody) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
  const AnswerStyle style{.head_only = true, .keep_alive = false};
  EXPECT_EQ(Wire({200, {}, "hello"}, style), head);
  EXPECT_EQ(Wire({200, {}, FileRange{FileWith("hello"), 0, 5}}, style), head);
  EXPECT_EQ(Wire({200, {}, std::make_unique<Pieces>(std::vector<std::string>{}, 5)}, style), head);
}

TEST_F(OutgoingAnswerTest, NoContentHasNeitherLengthNorBody) {
  EXPECT_EQ(Wire({204, {}, "ignored"}),
            "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
}

TEST_F(OutgoingAnswerTest, ALineBreakInAFieldCannotStartAnother) {
  EXPECT_EQ(Wire({200, {{"A", "b\r\nSet-Cookie: x"}}, ""}),
            "HTTP/1.1 200 OK\r\nA: b  Set-Cookie: x\r\nContent-Length: 0\r\n"
            "Connection: keep-alive\r\n\r\n");
}

TEST_F(OutgoingAnswerTest, AFileRangeIsThatRange) {
  EXPECT_TRUE(Wire({206, {}, FileRange{FileWith("0123456789"), 2, 3}})
                  .ends_with("Length: 3\r\nConnection: "
                             "keep-alive\r\n\r\n234"));
}

TEST_F(OutgoingAnswerTest, AFileThatShrankFailsInsteadOfWaitingForEver) {
  EXPECT_TRUE(Wire({200, {}, FileRange{FileWith("short"), 0, 100}}).ends_with("short<failed>"));
}

TEST_F(OutgoingAnswerTest, ASourceOfUnknownLengthIsChunked) {
  const std::string piece(300, 'x');
  const std::string wire = Wire(
      {200, {}, std::make_unique<Pieces>(std::vector<std::string>{"one", piece}, std::nullopt)});
  EXPECT_EQ(wire,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
            "3\r\none\r\n12c\r\n" +
                piece + "\r\n0\r\n\r\n");
}

TEST_F(OutgoingAnswerTest, ForHttp10ItEndsWithTheConnection) {
  const std::string wire =
      Wire({200, {}, std::make_unique<Pieces>(std::vector<std::string>{"one"}, std::nullopt)},
           {.chunks_understood = false});
  EXPECT_EQ(wire, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none");
  EXPECT_FALSE(keep_alive_);
}

TEST_F(OutgoingAnswerTest, ASourceOfKnownLengthIsHeldToIt) {
  const auto of_size = [](std::uint64_t size) {
    return Answer{200, {}, std::make_unique<Pieces>(std::vector<std::string>{"ab", "cd"}, size)};
  };
  EXPECT_TRUE(
      Wire(of_size(4)).ends_with("Content-Length: 4\r\nConnection: keep-alive\r\n\r\nabcd"));
  EXPECT_THROW(Wire(of_size(5)), SyncError);
  EXPECT_THROW(Wire(of_size(3)), SyncError);
}

TEST_F(OutgoingAnswerTest, NoSourceIsAnEmptyBody) {
  EXPECT_TRUE(Wire({200, {}, std::unique_ptr<ByteSource>()})
                  .ends_with("Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_F(OutgoingAnswerTest, AFullSocketIsToldAndGoesOnWhereItWas) {
  const std::string text(3 << 20, 'x');
  OutgoingAnswer outgoing({200, {}, text}, {}, 1000, std::nullopt);
  EXPECT_EQ(outgoing.Push(ours_.get()), Progress::kMore);
  EXPECT_EQ(outgoing.Push(ours_.get()), Progress::kMore) << "nobody read meanwhile";
  std::string wire = Received();
  Progress progress;
  while ((progress = outgoing.Push(ours_.get())) == Progress::kMore) wire += Received();
  wire += Received();
  EXPECT_EQ(progress, Progress::kDone);
  EXPECT_TRUE(wire.ends_with(text));
}

TEST_F(OutgoingAnswerTest, AClientThatIsGoneIsAFailure) {
  theirs_ = UniqueFd();
  OutgoingAnswer outgoing({200, {}, "hello"}, {}, 1000, std::nullopt);
  EXPECT_EQ(outgoing.Push(ours_.get()), Progress::kFailed);
}

}  // namespace
}  // namespace ankisync::http
