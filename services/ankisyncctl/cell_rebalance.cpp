// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "common/codec/json_writer.h"
#include "common/core/error.h"
#include "common/core/size_text.h"
#include "services/ankisyncctl/cell_ends.h"

namespace ankisync::ctl {
namespace {

constexpr std::int64_t kActiveMs = std::int64_t{7} * 24 * 3600 * 1000;
constexpr std::size_t kProposalsMax = 100;
constexpr double kGoodEnough = 0.02;  // of what a cell should carry

// What a bucket, or a cell, carries.
struct Load {
  std::int64_t bytes = 0;
  std::int64_t active_devices = 0;  // that came by within a week

  Load& operator+=(const Load& other) {
    bytes += other.bytes;
    active_devices += other.active_devices;
    return *this;
  }
};

struct Proposal {
  unsigned bucket;
  std::string from;
  std::string to;
  Load load;
};

std::int64_t ActiveDevices(const OpenCell& cell, AccountId account) {
  const std::int64_t since = Raw(cell.open.clock.Now()) - kActiveMs;
  return std::ranges::count_if(cell.open.devices.List(account), [since](const Device& device) {
    return !device.revoked && Raw(device.last_used) >= since;
  });
}

struct CellLoad {
  std::map<unsigned, Load> buckets;  // of those whom a move of the bucket would move
  Load others;                       // that stay: they have an exception, or move already
};

CellLoad LoadOf(OpenCell& cell, const CellMap& map) {
  CellLoad loads;
  for (const Account& account : cell.open.accounts.List()) {
    const auto move = cell.holds.MoveOf(account.id);
    if (move && move->state == MoveState::kGone) continue;
    const unsigned bucket = BucketOf(account.name);
    const bool stays = move || WasRenamed(account) || map.exceptions().contains(account.id) ||
                       map.HomeOfBucket(bucket).name != cell.name;
    const auto folder = cell.open.volume.root() / "collections" / "users" / account.folder;
    (stays ? loads.others : loads.buckets[bucket]) +=
        {static_cast<std::int64_t>(SizesOf(folder).bytes()), ActiveDevices(cell, account.id)};
  }
  return loads;
}

// From the fullest cell to the emptiest, again and again, what fits best into half the difference.
class Plan {
 public:
  explicit Plan(std::map<std::string, CellLoad> cells) : cells_(std::move(cells)) {
    for (const auto& [name, cell] : cells_) {
      all_ += cell.others;
      for (const auto& [bucket, load] : cell.buckets) all_ += load;
    }
  }

  std::vector<Proposal> Proposals() {
    std::vector<Proposal> proposals;
    while (proposals.size() < kProposalsMax) {
      const auto [least, most] = std::ranges::minmax_element(
          cells_, {}, [this](const auto& cell) { return WeightOf(cell.second); });
      const double gap = WeightOf(most->second) - WeightOf(least->second);
      const auto best = Best(most->second.buckets, gap);
      if (gap * static_cast<double>(cells_.size()) < kGoodEnough ||
          best == most->second.buckets.end())
        break;
      proposals.push_back({best->first, most->first, least->first, best->second});
      least->second.buckets.insert(most->second.buckets.extract(best));
    }
    return proposals;
  }

 private:
  using Loads = std::map<unsigned, Load>;

  // A share of all there is: half by size, half by activity.
  double WeightOf(const Load& load) const {
    const auto part = [](std::int64_t of, std::int64_t all) {
      return all == 0 ? 0.0 : static_cast<double>(of) / static_cast<double>(all) / 2;
    };
    return part(load.bytes, all_.bytes) + part(load.active_devices, all_.active_devices);
  }
  double WeightOf(const CellLoad& cell) const {
    double weight = WeightOf(cell.others);
    for (const auto& [bucket, load] : cell.buckets) weight += WeightOf(load);
    return weight;
  }

  Loads::iterator Best(Loads& loads, double gap) {
    auto best = loads.end();
    for (auto load = loads.begin(); load != loads.end(); ++load) {
      const double weight = WeightOf(load->second);
      if (weight > 0 && weight <= gap / 2 &&
          (best == loads.end() || weight > WeightOf(best->second)))
        best = load;
    }
    return best;
  }

  std::map<std::string, CellLoad> cells_;
  Load all_;
};

void Say(Context& context, const std::vector<Proposal>& proposals) {
  for (const Proposal& proposal : proposals) {
    context.out << "cell move --bucket " << proposal.bucket << " " << proposal.to << "    from "
                << proposal.from << ": " << SizeText(proposal.load.bytes) << ", "
                << proposal.load.active_devices << " active devices\n";
  }
  if (proposals.empty()) context.out << "nothing to move: the cells carry alike\n";
}

void SayInJson(Context& context, const std::vector<Proposal>& proposals) {
  std::string json;
  json::Writer out(json);
  out.StartArray();
  for (const Proposal& proposal : proposals) {
    out.StartObject().Key("bucket").Int(proposal.bucket).Key("from").Text(proposal.from);
    out.Key("to").Text(proposal.to).Key("bytes").Int(proposal.load.bytes);
    out.Key("active_devices").Int(proposal.load.active_devices).EndObject();
  }
  out.EndArray();
  context.out << json << "\n";
}

}  // namespace

Action DefineCellRebalance(CLI::App& command_line) {
  struct Options {
    std::vector<std::filesystem::path> others;
    std::filesystem::path cells;
    bool plan = false;
  };
  const auto options = std::make_shared<Options>();
  command_line
      .add_option("--with", options->others, "The data folders of the other cells to look at")
      ->required()
      ->type_name("DIR");
  command_line.add_flag("--plan", options->plan, "Only say what to move; it is all that there is")
      ->required();
  DefineCellsOption(command_line, options->cells);
  return [options](Context& context) {
    if (options->cells.empty()) throw CLI::ValidationError("say which file of cells: --cells FILE");
    const CellMap map = ReadCellMap(options->cells);
    std::vector<std::filesystem::path> folders = options->others;
    folders.insert(folders.begin(), context.data);
    std::map<std::string, CellLoad> cells;
    for (const auto& folder : folders) {
      OpenCell cell(folder);
      if (!cells.emplace(map.Named(cell.name).name, LoadOf(cell, map)).second)
        throw SyncError(ErrorKind::kInconsistentData, "two data folders are of cell " + cell.name);
    }
    const auto proposals = Plan(std::move(cells)).Proposals();
    (context.as_json ? SayInJson : Say)(context, proposals);
  };
}

}  // namespace ankisync::ctl
