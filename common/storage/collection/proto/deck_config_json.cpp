// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/proto/deck_config_json.h"

#include <limits>

#include "common/storage/collection/proto/blob.h"
#include "common/storage/collection/proto/deck_config.pb.h"
#include "common/storage/collection/proto/key_table.h"
#include "common/storage/collection/proto/object_keys.h"

namespace ankisync {
namespace {

using json::ReadBool;
using json::ReadFloat;
using json::ReadInt;
using json::ReadIntOrText;
using json::ReadText;
using C = stored::DeckConfig;

using enum Rule;

constexpr Shape kShape{"FFFFFF  vvfffffvvvvvvvvvvvvvvvvvvvvvfv fffvvbb"};

constexpr Key<DeckConfigRow> kRowKeys[] = {
    Column<ReadIntOrText<std::int64_t>, &DeckConfigRow::id>("id", kRequired),
    Column<ReadIntOrText<std::int64_t>, &DeckConfigRow::mtime>("mod", kRequired),
    Column<ReadText, &DeckConfigRow::name>("name", kRequired),
    Column<ReadInt<std::int32_t>, &DeckConfigRow::usn>("usn", kRequired),
};

// A bool of which JSON says the opposite.
template <auto kGet, auto kSet>
constexpr Key<C> Negated(std::string_view name, Rule rule) {
  return {name, rule,
          [](const json::Value& value, C& config) {
            const auto read = ReadBool(value);
            if (read) (config.*kSet)(!*read);
            return read.has_value();
          },
          [](std::string_view key, const C& config, json::Writer& out) {
            out.Key(key).Bool(!(config.*kGet)());
          }};
}

constexpr Key<C> kTopKeys[] = {
    Scalar<ReadInt<std::int32_t>, &C::cap_answer_time_to_secs, &C::set_cap_answer_time_to_secs>(
        "maxTaken", kRequired),
    Negated<&C::disable_autoplay, &C::set_disable_autoplay>("autoplay", kRequired),
    Scalar<ReadInt<std::uint8_t>, &C::show_timer, &C::set_show_timer>("timer", kRequiredTolerant),
    Negated<&C::skip_question_when_replaying_answer, &C::set_skip_question_when_replaying_answer>(
        "replayq", kOptional),
    {"dyn", kTolerant, Discard<ReadBool, C>,
     [](std::string_view key, const C&, json::Writer& out) { out.Key(key).Bool(false); }},
    Scalar<ReadInt<std::int32_t>, &C::new_mix, &C::set_new_mix>("newMix", kOptional),
    Scalar<ReadInt<std::uint32_t>, &C::new_per_day_minimum, &C::set_new_per_day_minimum>(
        "newPerDayMinimum", kOptional),
    Scalar<ReadInt<std::int32_t>, &C::interday_learning_mix, &C::set_interday_learning_mix>(
        "interdayLearningMix", kOptional),
    Scalar<ReadInt<std::int32_t>, &C::review_order, &C::set_review_order>("reviewOrder", kOptional),
    Scalar<ReadInt<std::int32_t>, &C::new_card_sort_order, &C::set_new_card_sort_order>(
        "newSortOrder", kOptional),
    Scalar<ReadInt<std::int32_t>, &C::new_card_gather_priority, &C::set_new_card_gather_priority>(
        "newGatherPriority", kOptional),
    Scalar<ReadBool, &C::bury_interday_learning, &C::set_bury_interday_learning>(
        "buryInterdayLearning", kOptional),
    Floats<C, &C::fsrs_params_4, &C::mutable_fsrs_params_4>("fsrsWeights", kOptional),
    Floats<C, &C::fsrs_params_5, &C::mutable_fsrs_params_5>("fsrsParams5", kOptional),
    Floats<C, &C::fsrs_params_6, &C::mutable_fsrs_params_6>("fsrsParams6", kOptional),
    Scalar<ReadFloat, &C::desired_retention, &C::set_desired_retention>("desiredRetention",
                                                                        kOptional),
    Text<&C::ignore_revlogs_before_date, &C::mutable_ignore_revlogs_before_date>(
        "ignoreRevlogsBeforeDate", kOptional),
    Floats<C, &C::easy_days_percentages, &C::mutable_easy_days_percentages>("easyDaysPercentages",
                                                                            kOptional),
    Scalar<ReadBool, &C::stop_timer_on_answer, &C::set_stop_timer_on_answer>("stopTimerOnAnswer",
                                                                             kOptional),
    Scalar<ReadFloat, &C::seconds_to_show_question, &C::set_seconds_to_show_question>(
        "secondsToShowQuestion", kOptional),
    Scalar<ReadFloat, &C::seconds_to_show_answer, &C::set_seconds_to_show_answer>(
        "secondsToShowAnswer", kOptional),
    Choice<1, &C::question_action, &C::set_question_action>("questionAction", kOptional),
    Choice<4, &C::answer_action, &C::set_answer_action>("answerAction", kOptional),
    Scalar<ReadBool, &C::wait_for_audio, &C::set_wait_for_audio>("waitForAudio", kOptional),
    Scalar<ReadFloat, &C::historical_retention, &C::set_historical_retention>("sm2Retention",
                                                                              kOptional),
    Text<&C::param_search, &C::mutable_param_search>("weightSearch", kOptional),
};

// [good, easy, unused]; any failure stands for the default.
bool ReadGraduatingIntervals(const json::Value& value, C& config) {
  const auto read = ReadList<ReadInt<std::uint16_t>>(value);
  const bool fits = read && read->size() >= 2;
  config.set_graduating_interval_good(fits ? (*read)[0] : 1);
  config.set_graduating_interval_easy(fits ? (*read)[1] : 4);
  return true;
}

constexpr Key<C> kNewKeys[] = {
    Scalar<ReadBool, &C::bury_new, &C::set_bury_new>("bury", kOptional),
    Floats<C, &C::learn_steps, &C::mutable_learn_steps>("delays", kRequiredTolerant),
    {"initialFactor", kRequired,
     [](const json::Value& value, C& config) {
       const auto permille = ReadInt<std::uint16_t>(value);
       if (permille) config.set_initial_ease(static_cast<float>(*permille) / 1000.0F);
       return permille.has_value();
     },
     [](std::string_view key, const C& config, json::Writer& out) {
       out.Key(key).Int(static_cast<std::uint16_t>(config.initial_ease() * 1000.0F));
     }},
    {"ints", kRequired, ReadGraduatingIntervals,
     [](std::string_view key, const C& config, json::Writer& out) {
       out.Key(key).StartArray();
       out.Int(config.graduating_interval_good()).Int(config.graduating_interval_easy());
       out.Int(0).EndArray();
     }},
    {"order", kRequiredTolerant,  // JSON has 0 for random and 1 for due
     [](const json::Value& value, C& config) {
       const auto order = ReadInt<std::uint8_t>(value);
       const bool fits = order && *order <= 1;
       if (fits) config.set_new_card_insert_order(1 - *order);
       return fits;
     },
     [](std::string_view key, const C& config, json::Writer& out) {
       out.Key(key).Int(config.new_card_insert_order() == 1 ? 0 : 1);
     }},
    Scalar<ReadInt<std::uint32_t>, &C::new_per_day, &C::set_new_per_day>("perDay",
                                                                         kRequiredTolerant),
};

constexpr Key<C> kRevKeys[] = {
    Scalar<ReadBool, &C::bury_reviews, &C::set_bury_reviews>("bury", kOptional),
    Scalar<ReadFloat, &C::easy_multiplier, &C::set_easy_multiplier>("ease4", kRequired),
    Scalar<ReadFloat, &C::interval_multiplier, &C::set_interval_multiplier>("ivlFct", kRequired),
    Scalar<ReadInt<std::uint32_t>, &C::maximum_review_interval, &C::set_maximum_review_interval>(
        "maxIvl", kRequired),
    Scalar<ReadInt<std::uint32_t>, &C::reviews_per_day, &C::set_reviews_per_day>("perDay",
                                                                                 kRequiredTolerant),
    Scalar<ReadFloat, &C::hard_multiplier, &C::set_hard_multiplier>("hardFactor", kOptional),
};

constexpr Key<C> kLapseKeys[] = {
    Floats<C, &C::relearn_steps, &C::mutable_relearn_steps>("delays", kRequiredTolerant),
    Choice<1, &C::leech_action, &C::set_leech_action>("leechAction", kRequiredTolerant),
    Scalar<ReadInt<std::uint32_t>, &C::leech_threshold, &C::set_leech_threshold>("leechFails",
                                                                                 kRequired),
    Scalar<ReadInt<std::uint32_t>, &C::minimum_lapse_interval, &C::set_minimum_lapse_interval>(
        "minInt", kRequired),
    Scalar<ReadFloat, &C::lapse_multiplier, &C::set_lapse_multiplier>("mult", kRequired),
};

constexpr auto kNewNames = NamesOf(kNewKeys);
constexpr auto kRevNames = NamesOf(kRevKeys);
constexpr auto kLapseNames = NamesOf(kLapseKeys);

// The sub-objects. One that does not fit is taken for `fallback`, with every key that it may have.
struct Part {
  std::string_view name;
  std::span<const Key<C>> keys;
  Names names;
  std::string_view fallback;
};
constexpr Part kParts[] = {
    {"new", kNewKeys, kNewNames,
     R"({"bury":false,"delays":[1,10],"initialFactor":2500,"ints":[1,4,0],"order":1,"perDay":20})"},
    {"rev", kRevKeys, kRevNames,
     R"({"bury":false,"ease4":1.3,"ivlFct":1,"maxIvl":36500,"perDay":200,"hardFactor":1.2})"},
    {"lapse", kLapseKeys, kLapseNames,
     R"({"delays":[10],"leechAction":1,"leechFails":8,"minInt":1,"mult":0})"},
};

constexpr auto kNames = NamesOf(kRowKeys, kTopKeys, kParts);

// What keys that are missing, or do not fit, leave as it is.
C Defaults() {
  C config;
  config.set_skip_question_when_replaying_answer(true);
  config.set_wait_for_audio(true);
  config.set_hard_multiplier(1.2F);
  config.set_leech_action(1);
  return config;
}

// Reads a sub-object, and adds the keys that we do not know to `other`.
void ReadPart(const Part& part, const json::Value& value, C& config, json::Writer& other) {
  if (value.is(json::Kind::kObject) && !ReadKeys(part.keys, value, config)) {
    const std::string unknown = UnknownKeys(value, part.names);
    if (!unknown.empty()) other.Key(part.name).Raw(unknown);
  } else {
    ReadKeys(part.keys, json::Document::Parse(std::string(part.fallback)).root(), config);
  }
}

template <typename T>
struct Range {
  T (C::*get)() const;
  void (C::*set)(T);
  T min;
  T max;
  T fallback;
};

constexpr float kAnyFloat = std::numeric_limits<float>::max();

constexpr Range<float> kFloatRanges[] = {
    {&C::initial_ease, &C::set_initial_ease, 1.31F, 5.0F, 2.5F},
    {&C::easy_multiplier, &C::set_easy_multiplier, 1.0F, 5.0F, 1.3F},
    {&C::hard_multiplier, &C::set_hard_multiplier, 0.5F, 1.3F, 1.2F},
    {&C::lapse_multiplier, &C::set_lapse_multiplier, 0.0F, 1.0F, 0.0F},
    {&C::interval_multiplier, &C::set_interval_multiplier, 0.5F, 2.0F, 1.0F},
    {&C::desired_retention, &C::set_desired_retention, 0.7F, 0.99F, 0.9F},
    {&C::historical_retention, &C::set_historical_retention, 0.7F, 0.97F, 0.9F},
    {&C::seconds_to_show_question, &C::set_seconds_to_show_question, -kAnyFloat, kAnyFloat, 0.0F},
    {&C::seconds_to_show_answer, &C::set_seconds_to_show_answer, -kAnyFloat, kAnyFloat, 0.0F},
};

constexpr Range<std::uint32_t> kCountRanges[] = {
    {&C::new_per_day, &C::set_new_per_day, 0, 9999, 20},
    {&C::reviews_per_day, &C::set_reviews_per_day, 0, 9999, 200},
    {&C::new_per_day_minimum, &C::set_new_per_day_minimum, 0, 9999, 0},
    {&C::maximum_review_interval, &C::set_maximum_review_interval, 1, 36500, 36500},
    {&C::minimum_lapse_interval, &C::set_minimum_lapse_interval, 1, 36500, 1},
    {&C::graduating_interval_good, &C::set_graduating_interval_good, 1, 36500, 1},
    {&C::graduating_interval_easy, &C::set_graduating_interval_easy, 1, 36500, 4},
    {&C::leech_threshold, &C::set_leech_threshold, 1, 9999, 8},
    {&C::cap_answer_time_to_secs, &C::set_cap_answer_time_to_secs, 1, 9999, 60},
};

template <typename T>
void Clamp(std::span<const Range<T>> ranges, C& config) {
  for (const Range<T>& range : ranges) {
    const T value = (config.*range.get)();
    const bool inside = value >= range.min && value <= range.max;  // not so for NaN
    if (!inside) (config.*range.set)(range.fallback);
  }
}

constexpr std::string_view kWhat = "deck config";

C DecodeConfig(const DeckConfigRow& row) {
  return Decode<C>(row.config, kShape, "deck config " + std::to_string(Raw(row.id)));
}

}  // namespace

DeckConfigRow ReadDeckConfig(const json::Value& json, ZeroId zero_id) {
  RequireTravelling(json, kWhat);
  RequireDistinctKeys(json, kNames, kWhat);
  DeckConfigRow row;
  RequireKeys(kRowKeys, json, row, kWhat);
  RequireId(Raw(row.id), zero_id, kWhat);
  C config = Defaults();
  RequireKeys(kTopKeys, json, config, kWhat);
  std::string other;
  json::Writer out(other);
  out.StartObject();
  WriteUnknownKeys(json, kNames, out);
  for (const Part& part : kParts) {
    ReadPart(part, json::RequireMember(json, part.name), config, out);
  }
  out.EndObject();
  if (other != "{}") config.set_other(other);
  row.config = config.SerializeAsString();
  return row;
}

void WriteDeckConfig(const DeckConfigRow& row, json::Writer& out) {
  C config = DecodeConfig(row);
  Clamp<float>(kFloatRanges, config);
  Clamp<std::uint32_t>(kCountRanges, config);
  const auto other = ParseOther(config.other(), kObjectHeightMax);
  out.StartObject();
  WriteKeys(kRowKeys, row, out);
  WriteKeys(kTopKeys, config, out);
  for (const Part& part : kParts) {
    out.Key(part.name).StartObject();
    WriteKeys(part.keys, config, out);
    const json::Value* unknown = other ? other->root().Find(part.name) : nullptr;
    if (unknown) WriteUnknownKeys(*unknown, part.names, out);
    out.EndObject();
  }
  if (other) WriteUnknownKeys(other->root(), kNames, out);
  out.EndObject();
}

void CheckDecodes(const DeckConfigRow& row) { DecodeConfig(row); }

bool LiftInitialEase(DeckConfigRow& row) {
  C config = DecodeConfig(row);
  if (config.initial_ease() > 1.3F) return false;
  config.set_initial_ease(2.5F);
  row.config = config.SerializeAsString();
  return true;
}

}  // namespace ankisync
