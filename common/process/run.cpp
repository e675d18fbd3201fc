// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/process/run.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <iostream>

#include "common/core/error.h"
#include "common/http/server.h"
#include "common/process/healthcheck.h"
#include "common/process/ops_port.h"

namespace ankisync {
namespace {

constexpr std::chrono::seconds kTick{1};

http::ServerOptions ClientPort(const Config& config, const std::filesystem::path& spool,
                               const Log& log) {
  const Config::Limits& limits = config.limits;
  http::Limits http;
  http.io_threads = static_cast<int>(config.threads.io);
  http.connections_max = limits.connections;
  http.head_time_max = limits.head_time;
  http.body_window = limits.body_window;
  http.body_memory_bytes_max = limits.body_memory_bytes;
  http.bodies_memory_bytes_max = limits.memory_bytes;
  http.bodies_spooled_bytes_max = limits.spool_bytes;
  http.answer_stall_max = limits.answer_stall;
  http.silence_max = limits.keep_alive;
  return {.host = config.host,
          .port = config.port,
          .spool_folder = spool,
          .limits = http,
          .log = [&log](std::string_view fault) {
            log.Error("http", {{"reason", fault}});
          }};
}

http::ServerOptions OpsPortOptions(const Config& config, const std::filesystem::path& spool,
                                   const Log& log) {
  http::Limits http;
  http.io_threads = 1;
  http.connections_max = 64;
  return {.host = config.ops.host,
          .port = config.ops.port,
          .spool_folder = spool,
          .limits = http,
          .log = [&log](std::string_view fault) {
            log.Error("ops", {{"reason", fault}});
          }};
}

sigset_t OurSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1}) ::sigaddset(&signals, number);
  return signals;
}

// Waits a tick. Nothing: no signal came.
std::optional<int> WaitForSignal(const sigset_t& signals) {
  const timespec tick{kTick.count(), 0};
  const int number = ::sigtimedwait(&signals, nullptr, &tick);
  return number > 0 ? std::optional<int>(number) : std::nullopt;
}

// Told to stop before anybody was served.
class StoppedEarly : public std::exception {};

// The path to ask, where the program was started to ask a running one and not to serve.
std::optional<std::string> TakeHealthcheck(Launch& launch) {
  std::vector<std::string>& arguments = launch.arguments;
  if (arguments.empty() || arguments[0] != "healthcheck") return std::nullopt;
  arguments.erase(arguments.begin());
  std::string path = "/readyz";
  if (!arguments.empty() && (arguments[0] == "livez" || arguments[0] == "readyz")) {
    path = "/" + arguments[0];
    arguments.erase(arguments.begin());
  }
  return path;
}

class ServerProgram {
 public:
  ServerProgram(const Config& config, Program program, const std::string& version,
                const std::function<Parts(Host&)>& install)
      : host_(config, program, version),
        parts_(install(host_)),
        server_(ClientPort(config, host_.spool().folder(), host_.log()), host_.service(),
                host_.work()),
        ops_(host_.volume(), host_.metrics(), version, [this] { return Liveness(); }),
        ops_server_(OpsPortOptions(config, host_.spool().folder(), host_.log()), ops_,
                    host_.work()) {
    ProvideReadings();
  }

  void Warn(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) host_.log().Warning(warning);
  }

  void Serve(const sigset_t& signals, const Preparation& prepare) {
    ops_server_.Start();
    if (prepare) Prepare(signals, prepare);
    server_.Start();
    host_.log().Info("serving", {{"port", server_.port()},
                                 {"ops_port", ops_server_.port()},
                                 {"data", std::filesystem::absolute(host_.config().data).string()},
                                 {"volume", host_.volume().id()}});
    UntilTold(signals);
    Drain();
  }

 private:
  void Prepare(const sigset_t& signals, const Preparation& prepare) {
    prepare(host_, [&](std::string what) {
      const timespec now{};
      const int number = ::sigtimedwait(&signals, nullptr, &now);
      if (number == SIGTERM || number == SIGINT) throw StoppedEarly();
      last_tick_ = host_.clock().Steady();
      ops_.SayStarting(std::move(what));
    });
    ops_.SayStarting("");
  }

  void UntilTold(const sigset_t& signals) {
    for (int seconds = 1;; ++seconds) {
      const auto number = WaitForSignal(signals);
      if (number == SIGUSR1) {
        ToggleDebug();
      } else if (number) {
        return;
      }
      Tick(seconds);
    }
  }

  void ToggleDebug() {
    const bool debug = host_.log().Writes(LogLevel::kDebug);
    host_.log().SetLevel(debug ? LogLevel::kInfo : LogLevel::kDebug);
    host_.log().Info(debug ? "debug lines off" : "debug lines on");
  }

  // What a restart mends: threads that do not move. Uploads may keep the pool busy for minutes.
  OpsPort::Findings Liveness() {
    const auto finding = [](std::string_view check, auto silence, std::chrono::seconds most) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silence);
      return Volume::Finding{
          check,
          seconds < most ? "" : "has not moved for " + std::to_string(seconds.count()) + " s"};
    };
    return {finding("io_threads", server_.LongestWorkerSilence(), std::chrono::seconds(10)),
            finding("work_threads", host_.work().longest_wait(), std::chrono::minutes(10)),
            finding("housekeeping", host_.clock().Steady() - last_tick_.load(),
                    std::chrono::minutes(2))};
  }

  void Tick(int seconds) {
    last_tick_ = host_.clock().Steady();
    for (const auto& part : parts_) part->EverySecond();
    host_.ReloadCells();
    if (seconds % 60 == 0) {
      FlushUse();
      host_.CountUsers();
    }
  }

  void FlushUse() {
    try {
      host_.devices().FlushUse();
    } catch (const SyncError& error) {
      host_.log().Warning("last use of devices not written", {{"reason", error.what()}});
    }
  }

  void Drain() {
    const auto grace = host_.config().limits.shutdown;
    const auto deadline = host_.clock().Steady() + grace;
    host_.log().Info("stopping");
    ops_.BeginDrain();
    host_.service().BeginDrain();
    const auto quiet = [this] {
      return std::all_of(parts_.begin(), parts_.end(),
                         [](const auto& part) { return part->IsQuiet(); });
    };
    for (int i = 1; !quiet() && host_.clock().Steady() < deadline; ++i) {
      ::usleep(50'000);
      if (i % 20 == 0) Tick(1);
    }
    const bool all_answered = server_.Drain(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::max<std::chrono::nanoseconds>(
            deadline - host_.clock().Steady(), std::chrono::milliseconds(0))));
    server_.Stop();
    for (const auto& part : parts_) part->GiveUp();
    ops_server_.Stop();
    host_.StopWork();  // before the parts go, which it uses
    FlushUse();
    host_.log().Info("stopped", {{"all_answered", all_answered}});
  }

  void ProvideReadings() {
    Metrics& metrics = host_.metrics();
    const auto provide = [&](Reading reading, auto read) {
      metrics.Provide(reading,
                      [this, read] { return static_cast<double>(read(server_.statistics())); });
    };
    provide(Reading::kConnections, [](const http::Statistics& now) { return now.connections; });
    provide(Reading::kConnectionsAccepted,
            [](const http::Statistics& now) { return now.connections_accepted; });
    provide(Reading::kHttpReceivedBytes, [](const http::Statistics& now) { return now.bytes_in; });
    provide(Reading::kHttpSentBytes, [](const http::Statistics& now) { return now.bytes_out; });
    provide(Reading::kBodyMemoryBytes,
            [](const http::Statistics& now) { return now.body_memory_bytes; });
    provide(Reading::kBodySpoolBytes,
            [](const http::Statistics& now) { return now.body_spool_bytes; });
    for (std::size_t i = 0; i < http::kRejectionCount; ++i) {
      metrics.Provide(
          Reading::kHttpRejected,
          [this, i] { return static_cast<double>(server_.statistics().rejections[i]); },
          http::NameOf(static_cast<http::Rejection>(i)));
    }
  }

  Host host_;
  std::atomic<std::chrono::steady_clock::time_point> last_tick_ = host_.clock().Steady();
  Parts parts_;  // after the host, which they use; before the servers, which call them
  http::Server server_;
  OpsPort ops_;
  http::Server ops_server_;
};

}  // namespace

int Run(Program program, int argc, const char* const* argv,
        const std::function<Parts(Host&)>& install, const Preparation& prepare) {
  const sigset_t signals = OurSignals();
  ::pthread_sigmask(SIG_BLOCK, &signals,
                    nullptr);  // before any thread exists: every one inherits it
  try {
    Launch launch(program, ANKISYNC_VERSION, argc, argv, environ);
    const auto question = TakeHealthcheck(launch);
    const Loaded loaded = LoadConfig(launch);
    if (loaded.answer) {
      std::cout << *loaded.answer;
      return 0;
    }
    if (question) {
      const auto& ops = loaded.config.ops;
      return IsHealthy(ops.host, ops.port, *question, std::cout) ? 0 : 1;
    }
    ServerProgram server(loaded.config, program, ANKISYNC_VERSION, install);
    server.Warn(loaded.warnings);
    server.Serve(signals, prepare);
    return 0;
  } catch (const StoppedEarly&) {
    return 0;
  } catch (const ConfigError& error) {
    std::cerr << error.what() << "\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}

}  // namespace ankisync
