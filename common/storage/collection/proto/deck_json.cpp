// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/proto/deck_json.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/storage/collection/proto/blob.h"
#include "common/storage/collection/proto/deck.pb.h"
#include "common/storage/collection/proto/key_table.h"
#include "common/storage/collection/proto/object_keys.h"
#include "common/storage/collection/text/deck_name.h"

namespace ankisync {
namespace {

using json::ReadBool;
using json::ReadBoolLike;
using json::ReadInt;
using json::ReadIntOrText;
using json::ReadText;
using Common = stored::DeckCommon;
using Normal = stored::NormalDeck;
using Filtered = stored::FilteredDeck;
using stored::DeckKind;

using enum Rule;

constexpr Shape kCommonShape{"vvvvvvv"};
constexpr Shape kDayLimitShape{"vv"};
constexpr Shape kNormalShape{"vvvbvvvmmf", {&kDayLimitShape, &kDayLimitShape}};
constexpr Shape kSearchTermShape{"bvv"};
constexpr Shape kFilteredShape{"vmFvvvv", {&kSearchTermShape}};
constexpr Shape kKindShape{"mm", {&kNormalShape, &kFilteredShape}};

constexpr Key<DeckRow> kRowKeys[] = {
    Column<ReadIntOrText<std::int64_t>, &DeckRow::id>("id", kRequired),
    Column<ReadIntOrText<std::int64_t>, &DeckRow::mtime>("mod", kOptional),
    {"name", kRequired,
     [](const json::Value& value, DeckRow& row) {
       const auto human = ReadText(value);
       if (human) row.name = NativeDeckName(*human);
       return human.has_value();
     },
     [](std::string_view key, const DeckRow& row, json::Writer& out) {
       out.Key(key).Text(HumanDeckName(row.name));
     }},
    Column<ReadInt<std::int32_t>, &DeckRow::usn>("usn", kRequired),
};

// JSON counts four things a day, each with the day it counts for; a row has one day for all.
struct Amount {
  std::int32_t day = 0;
  std::int32_t amount = 0;
};
struct Today {
  Amount learning, review, fresh, time;
};

template <auto kWhich>
bool ReadAmount(const json::Value& value, Today& today) {
  if (!value.is(json::Kind::kArray)) return false;
  const auto items = value.items();
  const auto from_end = [items](std::size_t place) {
    if (items.size() < place) return 0;
    return static_cast<std::int32_t>(
        ReadInt<std::int64_t>(items[items.size() - place]).value_or(0));
  };
  today.*kWhich = {from_end(2), from_end(1)};
  return true;
}

template <auto kWhich>
void WriteAmount(std::string_view key, const Today& today, json::Writer& out) {
  const Amount& amount = today.*kWhich;
  out.Key(key).StartArray().Int(amount.day).Int(amount.amount).EndArray();
}

constexpr Key<Today> kTodayKeys[] = {
    {"lrnToday", kRequired, ReadAmount<&Today::learning>, WriteAmount<&Today::learning>},
    {"revToday", kRequired, ReadAmount<&Today::review>, WriteAmount<&Today::review>},
    {"newToday", kRequired, ReadAmount<&Today::fresh>, WriteAmount<&Today::fresh>},
    {"timeToday", kRequired, ReadAmount<&Today::time>, WriteAmount<&Today::time>},
};

void Store(const Today& today, Common& common) {
  const std::int32_t day = std::max({today.time.day, today.fresh.day, today.review.day});
  const auto of_day = [day](const Amount& amount) { return amount.day == day ? amount.amount : 0; };
  common.set_last_day_studied(static_cast<std::uint32_t>(day));
  common.set_new_studied(of_day(today.fresh));
  common.set_review_studied(of_day(today.review));
  common.set_learning_studied(of_day(today.learning));
  common.set_milliseconds_studied(today.time.amount);
}

Today TodayOf(const Common& common) {
  const auto day = static_cast<std::int32_t>(common.last_day_studied());
  return {{day, common.learning_studied()},
          {day, common.review_studied()},
          {day, common.new_studied()},
          {day, common.milliseconds_studied()}};
}

constexpr Key<Common> kCommonKeys[] = {
    Scalar<ReadBool, &Common::study_collapsed, &Common::set_study_collapsed>("collapsed",
                                                                             kRequired),
    Scalar<ReadBool, &Common::browser_collapsed, &Common::set_browser_collapsed>("browserCollapsed",
                                                                                 kOptional),
};

constexpr Key<DeckKind> kKindKeys[] = {
    {"dyn", kRequired,
     [](const json::Value& value, DeckKind& kind) {
       const auto truth = ReadBool(value);
       const auto number = ReadInt<std::uint8_t>(value);
       if (!truth && !number) return false;
       if (truth.value_or(number == 1)) {
         kind.mutable_filtered();
       } else {
         kind.mutable_normal();
       }
       return true;
     },
     [](std::string_view key, const DeckKind& kind, json::Writer& out) {
       out.Key(key).Int(kind.has_filtered() ? 1 : 0);
     }},
    // Obsolete: neither read nor kept.
    {"return", kTolerant, [](const json::Value&, DeckKind&) { return true; },
     [](std::string_view, const DeckKind&, json::Writer&) {}},
};

template <auto kHas, auto kGet, auto kMutable>
constexpr Key<Normal> LimitToday(std::string_view name) {
  return {name, kTolerant,
          [](const json::Value& value, Normal& deck) {
            const auto members = ReadTuple<2>(value, {"limit", "today"});
            if (!members) return false;
            const auto limit = ReadInt<std::uint32_t>(*(*members)[0]);
            const auto today = ReadInt<std::uint32_t>(*(*members)[1]);
            if (!limit || !today) return false;
            auto* stored = (deck.*kMutable)();
            stored->set_limit(*limit);
            stored->set_today(*today);
            return true;
          },
          [](std::string_view key, const Normal& deck, json::Writer& out) {
            out.Key(key);
            if (!(deck.*kHas)()) {
              out.Null();
              return;
            }
            const auto& stored = (deck.*kGet)();
            out.StartObject().Key("limit").Int(stored.limit());
            out.Key("today").Int(stored.today()).EndObject();
          }};
}

// Clients count in 32-bit floats: of 60 to 99 per cent all survive, 53 comes back as 52.
void WritePercent(std::string_view key, const Normal& deck, json::Writer& out) {
  out.Key(key);
  if (!deck.has_desired_retention()) {
    out.Null();
    return;
  }
  const float percent = deck.desired_retention() * 100.0F;
  const auto whole = json::TruncateToInt64(static_cast<double>(percent));
  out.Int(std::clamp<std::int64_t>(whole, 0, std::numeric_limits<std::uint32_t>::max()));
}

constexpr Key<Normal> kNormalKeys[] = {
    Text<&Normal::description, &Normal::mutable_description>("desc", kOptional),
    WrittenBy(Scalar<ReadBool, &Normal::markdown_description, &Normal::set_markdown_description>(
                  "md", kOptional),
              [](std::string_view key, const Normal& deck, json::Writer& out) {
                if (deck.markdown_description()) out.Key(key).Bool(true);
              }),
    Scalar<ReadIntOrText<std::int64_t>, &Normal::config_id, &Normal::set_config_id>("conf",
                                                                                    kRequired),
    Scalar<ReadInt<std::int32_t>, &Normal::extend_new, &Normal::set_extend_new>("extendNew",
                                                                                kTolerant),
    Scalar<ReadInt<std::int32_t>, &Normal::extend_review, &Normal::set_extend_review>("extendRev",
                                                                                      kTolerant),
    OptionalScalar<ReadInt<std::uint32_t>, &Normal::has_review_limit, &Normal::review_limit,
                   &Normal::set_review_limit>("reviewLimit", kTolerant),
    OptionalScalar<ReadInt<std::uint32_t>, &Normal::has_new_limit, &Normal::new_limit,
                   &Normal::set_new_limit>("newLimit", kTolerant),
    LimitToday<&Normal::has_review_limit_today, &Normal::review_limit_today,
               &Normal::mutable_review_limit_today>("reviewLimitToday"),
    LimitToday<&Normal::has_new_limit_today, &Normal::new_limit_today,
               &Normal::mutable_new_limit_today>("newLimitToday"),
    {"desiredRetention", kTolerant,
     [](const json::Value& value, Normal& deck) {
       const auto percent = ReadInt<std::uint32_t>(value);
       if (percent) deck.set_desired_retention(static_cast<float>(*percent) / 100.0F);
       return percent.has_value();
     },
     WritePercent},
};

bool ReadSearchTerms(const json::Value& value, Filtered& deck) {
  if (!value.is(json::Kind::kArray)) return false;
  for (const json::Value& item : value.items()) {
    const auto members = ReadTuple<3>(item, {"search", "limit", "order"});
    if (!members) return false;
    const auto search = ReadText(*(*members)[0]);
    const auto limit = ReadIntOrText<std::int32_t>(*(*members)[1]);
    const auto order = ReadInt<std::int32_t>(*(*members)[2]);
    if (!search || !limit || !order) return false;
    auto* term = deck.add_search_terms();
    *term->mutable_search() = *search;
    term->set_limit(FromWire<std::uint32_t>(*limit));
    term->set_order(*order);
  }
  return true;
}

void WriteSearchTerms(std::string_view key, const Filtered& deck, json::Writer& out) {
  out.Key(key).StartArray();
  for (const auto& term : deck.search_terms()) {
    out.StartArray().Text(term.search()).Int(static_cast<std::int32_t>(term.limit()));
    out.Int(term.order()).EndArray();
  }
  out.EndArray();
}

constexpr Key<Filtered> kFilteredKeys[] = {
    {"desc", kOptional, Discard<ReadText, Filtered>,
     [](std::string_view key, const Filtered&, json::Writer& out) { out.Key(key).Text(""); }},
    {"md", kOptional, Discard<ReadBool, Filtered>,
     [](std::string_view, const Filtered&, json::Writer&) {}},
    Scalar<ReadBoolLike, &Filtered::reschedule, &Filtered::set_reschedule>("resched", kRequired),
    {"terms", kRequired, ReadSearchTerms, WriteSearchTerms},
    {"separate", kOptional, Discard<ReadBool, Filtered>,
     [](std::string_view key, const Filtered&, json::Writer& out) { out.Key(key).Bool(true); }},
    WrittenBy(Floats<Filtered, &Filtered::delays, &Filtered::mutable_delays>("delays", kTolerant),
              [](std::string_view key, const Filtered& deck, json::Writer& out) {
                const auto delays = SendableFloats(deck.delays());
                delays.empty() ? out.Key(key).Null() : WriteFloats(delays, out.Key(key));
              }),
    Scalar<ReadInt<std::uint32_t>, &Filtered::preview_delay, &Filtered::set_preview_delay>(
        "previewDelay", kOptional),
    Scalar<ReadInt<std::uint32_t>, &Filtered::preview_again_secs,
           &Filtered::set_preview_again_secs>("previewAgainSecs", kOptional),
    Scalar<ReadInt<std::uint32_t>, &Filtered::preview_hard_secs, &Filtered::set_preview_hard_secs>(
        "previewHardSecs", kOptional),
    Scalar<ReadInt<std::uint32_t>, &Filtered::preview_good_secs, &Filtered::set_preview_good_secs>(
        "previewGoodSecs", kOptional),
};

// A deck keeps the other kind's keys as unknown ones. A filtered deck's stay unsent, as the
// reference has it.
constexpr auto kNormalNames = NamesOf(kRowKeys, kTodayKeys, kCommonKeys, kKindKeys, kNormalKeys);
constexpr auto kFilteredNames =
    NamesOf(kRowKeys, kTodayKeys, kCommonKeys, kKindKeys, kFilteredKeys);
constexpr auto kFilteredUnsent =
    NamesOf(kRowKeys, kTodayKeys, kCommonKeys, kKindKeys, kFilteredKeys, kNormalKeys);

constexpr std::string_view kWhat = "deck";

std::string NameOf(const DeckRow& row) { return "deck " + std::to_string(Raw(row.id)); }

DeckKind DecodeKind(std::string_view blob, std::string_view what) {
  auto kind = Decode<DeckKind>(blob, kKindShape, what);
  if (kind.kind_case() == DeckKind::KIND_NOT_SET) ThrowUndecodable(what);
  return kind;
}

}  // namespace

DeckRow ReadDeck(const json::Value& json, ZeroId zero_id) {
  RequireTravelling(json, kWhat);
  DeckRow row;
  Today today;
  Common common;
  DeckKind kind;
  RequireKeys(kRowKeys, json, row, kWhat);
  RequireId(Raw(row.id), zero_id, kWhat);
  RequireKeys(kTodayKeys, json, today, kWhat);
  RequireKeys(kCommonKeys, json, common, kWhat);
  RequireKeys(kKindKeys, json, kind, kWhat);
  if (kind.has_filtered()) {
    RequireKeys(kFilteredKeys, json, *kind.mutable_filtered(), kWhat);
    common.set_other(UnknownKeys(json, kFilteredNames));
  } else {
    RequireKeys(kNormalKeys, json, *kind.mutable_normal(), kWhat);
    common.set_other(UnknownKeys(json, kNormalNames));
  }
  Store(today, common);
  row.common = common.SerializeAsString();
  row.kind = kind.SerializeAsString();
  return row;
}

void WriteDeck(const DeckRow& row, json::Writer& out) {
  const auto common = Decode<Common>(row.common, kCommonShape, NameOf(row));
  auto kind = DecodeKind(row.kind, NameOf(row));
  const auto other = ParseOther(common.other(), kObjectHeightMax);
  out.StartObject();
  WriteKeys(kRowKeys, row, out);
  WriteKeys(kTodayKeys, TodayOf(common), out);
  WriteKeys(kCommonKeys, common, out);
  WriteKeys(kKindKeys, kind, out);
  if (kind.has_filtered()) {
    WriteKeys(kFilteredKeys, kind.filtered(), out);
    if (other) WriteUnknownKeys(other->root(), kFilteredUnsent, out);
  } else {
    // Clients that did not know the key left it in `other`, where newer ones find it.
    const json::Value* markdown = other ? other->root().Find("md") : nullptr;
    if (markdown && ReadBool(*markdown) == true) {
      kind.mutable_normal()->set_markdown_description(true);
    }
    WriteKeys(kNormalKeys, kind.normal(), out);
    if (other) WriteUnknownKeys(other->root(), kNormalNames, out);
  }
  out.EndObject();
}

void CheckDecodes(const DeckRow& row) {
  Decode<Common>(row.common, kCommonShape, NameOf(row));
  DecodeKind(row.kind, NameOf(row));
}

std::optional<DeckConfigId> PresetOf(std::string_view kind_blob) {
  const auto kind = DecodeKind(kind_blob, kWhat);
  if (kind.has_filtered()) return std::nullopt;
  return static_cast<DeckConfigId>(kind.normal().config_id());
}

}  // namespace ankisync
