// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/proto/notetype_json.h"

#include <algorithm>

#include "common/storage/collection/proto/blob.h"
#include "common/storage/collection/proto/key_table.h"
#include "common/storage/collection/proto/notetype.pb.h"
#include "common/storage/collection/proto/object_keys.h"

namespace ankisync {
namespace {

using json::ReadBool;
using json::ReadBoolLike;
using json::ReadInt;
using json::ReadIntOrText;
using json::ReadText;
using N = stored::NotetypeConfig;
using F = stored::FieldConfig;
using T = stored::TemplateConfig;

using enum Rule;

constexpr Shape kRequirementShape{"vvV"};
constexpr Shape kNotetypeShape{"vvbvbbvmvv", {&kRequirementShape}};
constexpr Shape kFieldShape{"vvbvbvvvvvv"};
constexpr Shape kTemplateShape{"bbbbvbvv"};

// Fields and templates lie two levels below their notetype.
constexpr std::uint32_t kPartHeightMax = kObjectHeightMax - 2;

// A field or template while it is converted. Its ord is its place in the array, whatever JSON says.
template <typename Config>
struct Part {
  std::string name;
  std::size_t ord = 0;
  Config config;
};

template <typename Config>
constexpr Key<Part<Config>> kPartKeys[] = {
    Column<ReadText, &Part<Config>::name>("name", kRequired),
    {"ord", kOptional,
     [](const json::Value& value, Part<Config>&) {
       return value.is(json::Kind::kNull) || ReadInt<std::uint16_t>(value).has_value();
     },
     [](std::string_view key, const Part<Config>& part, json::Writer& out) {
       out.Key(key).Int(part.ord);
     }},
};

constexpr Key<F> kFieldKeys[] = {
    Scalar<ReadBoolLike, &F::sticky, &F::set_sticky>("sticky", kRequired),
    Scalar<ReadBoolLike, &F::rtl, &F::set_rtl>("rtl", kRequired),
    Text<&F::font_name, &F::mutable_font_name>("font", kRequired),
    Scalar<ReadInt<std::uint16_t>, &F::font_size, &F::set_font_size>("size", kRequired),
    Text<&F::description, &F::mutable_description>("description", kTolerant),
    Scalar<ReadBool, &F::plain_text, &F::set_plain_text>("plainText", kTolerant),
    Scalar<ReadBool, &F::collapsed, &F::set_collapsed>("collapsed", kTolerant),
    Scalar<ReadBool, &F::exclude_from_search, &F::set_exclude_from_search>("excludeFromSearch",
                                                                           kTolerant),
    OptionalScalar<ReadInt<std::int64_t>, &F::has_id, &F::id, &F::set_id>("id", kTolerant),
    OptionalScalar<ReadInt<std::uint32_t>, &F::has_tag, &F::tag, &F::set_tag>("tag", kTolerant),
    Scalar<ReadBool, &F::prevent_deletion, &F::set_prevent_deletion>("preventDeletion", kTolerant),
};

constexpr Key<T> kTemplateKeys[] = {
    Text<&T::q_format, &T::mutable_q_format>("qfmt", kRequired),
    Text<&T::a_format, &T::mutable_a_format>("afmt", kOptional),
    Text<&T::q_format_browser, &T::mutable_q_format_browser>("bqfmt", kOptional),
    Text<&T::a_format_browser, &T::mutable_a_format_browser>("bafmt", kOptional),
    WrittenBy(
        Scalar<ReadInt<std::int64_t>, &T::target_deck_id, &T::set_target_deck_id>("did", kTolerant),
        [](std::string_view key, const T& config, json::Writer& out) {
          const auto deck = config.target_deck_id();
          deck > 0 ? out.Key(key).Int(deck) : out.Key(key).Null();
        }),
    Text<&T::browser_font_name, &T::mutable_browser_font_name>("bfont", kTolerant),
    Scalar<ReadInt<std::uint8_t>, &T::browser_font_size, &T::set_browser_font_size>("bsize",
                                                                                    kTolerant),
    OptionalScalar<ReadInt<std::int64_t>, &T::has_id, &T::id, &T::set_id>("id", kTolerant),
};

constexpr auto kFieldNames = NamesOf(kPartKeys<F>, kFieldKeys);
constexpr auto kTemplateNames = NamesOf(kPartKeys<T>, kTemplateKeys);

// What tells fields from templates.
template <typename C>
struct PartKind {
  using Config = C;
  std::string_view what;
  std::span<const Key<C>> keys;
  Names names;
  const Shape& shape;
};
constexpr PartKind<F> kField{"field", kFieldKeys, kFieldNames, kFieldShape};
constexpr PartKind<T> kTemplate{"template", kTemplateKeys, kTemplateNames, kTemplateShape};

template <const auto& kKind, auto kRows>
bool ReadParts(const json::Value& value, NotetypeRow& row) {
  using Config = typename std::decay_t<decltype(kKind)>::Config;
  if (!value.is(json::Kind::kArray)) return false;
  for (const json::Value& item : value.items()) {
    RequireDistinctKeys(item, kKind.names, kKind.what);
    Part<Config> part;
    RequireKeys(kPartKeys<Config>, item, part, kKind.what);
    RequireKeys(kKind.keys, item, part.config, kKind.what);
    part.config.set_other(UnknownKeys(item, kKind.names));
    (row.*kRows).push_back({std::move(part.name), part.config.SerializeAsString()});
  }
  return true;
}

std::string NameOf(const NotetypeRow& row) { return "notetype " + std::to_string(Raw(row.id)); }

template <const auto& kKind, typename Row>
auto DecodePart(const Row& row, const NotetypeRow& notetype) {
  using Config = typename std::decay_t<decltype(kKind)>::Config;
  return Decode<Config>(row.config, kKind.shape,
                        std::string(kKind.what) + " of " + NameOf(notetype));
}

template <const auto& kKind, auto kRows>
void WriteParts(std::string_view key, const NotetypeRow& row, json::Writer& out) {
  out.Key(key).StartArray();
  std::size_t ord = 0;
  for (const auto& stored : row.*kRows) {
    using Config = typename std::decay_t<decltype(kKind)>::Config;
    const Part<Config> part{stored.name, ord++, DecodePart<kKind>(stored, row)};
    out.StartObject();
    WriteKeys(kPartKeys<Config>, part, out);
    WriteKeys(kKind.keys, part.config, out);
    WriteOther(part.config.other(), kKind.names, out, kPartHeightMax);
    out.EndObject();
  }
  out.EndArray();
}

constexpr Key<NotetypeRow> kRowKeys[] = {
    Column<ReadIntOrText<std::int64_t>, &NotetypeRow::id>("id", kRequired),
    Column<ReadText, &NotetypeRow::name>("name", kRequired),
    Column<ReadInt<std::int64_t>, &NotetypeRow::mtime>("mod", kRequired),
    Column<ReadInt<std::int32_t>, &NotetypeRow::usn>("usn", kRequired),
    {"tmpls", kRequired, ReadParts<kTemplate, &NotetypeRow::templates>,
     WriteParts<kTemplate, &NotetypeRow::templates>},
    {"flds", kRequired, ReadParts<kField, &NotetypeRow::fields>,
     WriteParts<kField, &NotetypeRow::fields>},
};

constexpr std::array<std::string_view, 3> kRequirementKinds = {"none", "any", "all"};

bool ReadRequirement(const json::Value& value, stored::CardRequirement& requirement) {
  const auto members = ReadTuple<3>(value, {"card_ord", "kind", "field_ords"});
  if (!members) return false;
  const auto [ord, kind, fields] = *members;
  const auto card_ord = ReadInt<std::uint16_t>(*ord);
  const auto name = std::find(kRequirementKinds.begin(), kRequirementKinds.end(), ReadText(*kind));
  const auto field_ords = ReadList<ReadInt<std::uint16_t>>(*fields);
  if (!card_ord || name == kRequirementKinds.end() || !field_ords) return false;
  requirement.set_card_ord(*card_ord);
  requirement.set_kind(static_cast<std::int32_t>(name - kRequirementKinds.begin()));
  requirement.mutable_field_ords()->Add(field_ords->begin(), field_ords->end());
  return true;
}

// One that does not fit empties the whole list.
bool ReadRequirements(const json::Value& value, N& config) {
  N read;
  if (!value.is(json::Kind::kArray)) return false;
  for (const json::Value& item : value.items()) {
    if (!ReadRequirement(item, *read.add_reqs())) return false;
  }
  config.mutable_reqs()->Swap(read.mutable_reqs());
  return true;
}

void WriteRequirements(std::string_view key, const N& config, json::Writer& out) {
  out.Key(key).StartArray();
  for (const auto& requirement : config.reqs()) {
    const auto kind = static_cast<std::uint32_t>(requirement.kind());
    out.StartArray().Int(static_cast<std::uint16_t>(requirement.card_ord()));
    out.Text(kRequirementKinds[kind < kRequirementKinds.size() ? kind : 0]).StartArray();
    for (const auto ord : requirement.field_ords()) out.Int(static_cast<std::uint16_t>(ord));
    out.EndArray().EndArray();
  }
  out.EndArray();
}

constexpr Key<N> kConfigKeys[] = {
    Choice<1, &N::kind, &N::set_kind>("type", kRequired),
    Scalar<ReadInt<std::uint16_t>, &N::sort_field_idx, &N::set_sort_field_idx>("sortf", kRequired),
    WrittenBy(Scalar<ReadInt<std::int64_t>, &N::target_deck_id, &N::set_target_deck_id>(
                  "did", kRequiredTolerant),
              [](std::string_view key, const N& config, json::Writer& out) {
                const auto deck = config.target_deck_id();
                deck != 0 ? out.Key(key).Int(deck) : out.Key(key).Null();
              }),
    Text<&N::css, &N::mutable_css>("css", kRequiredTolerant),
    Text<&N::latex_pre, &N::mutable_latex_pre>("latexPre", kOptional),
    Text<&N::latex_post, &N::mutable_latex_post>("latexPost", kOptional),
    Scalar<ReadBool, &N::latex_svg, &N::set_latex_svg>("latexsvg", kTolerant),
    {"req", kTolerant, ReadRequirements, WriteRequirements},
    WrittenBy(Scalar<ReadInt<std::int32_t>, &N::original_stock_kind, &N::set_original_stock_kind>(
                  "originalStockKind", kOptional),
              [](std::string_view key, const N& config, json::Writer& out) {
                if (config.original_stock_kind() != 0)
                  out.Key(key).Int(config.original_stock_kind());
              }),
    {"originalId", kOptional,
     [](const json::Value& value, N& config) {
       const auto id = ReadInt<std::int64_t>(value);
       if (id) config.set_original_id(*id);
       return id || value.is(json::Kind::kNull);
     },
     [](std::string_view key, const N& config, json::Writer& out) {
       if (config.has_original_id()) out.Key(key).Int(config.original_id());
     }},
};

constexpr auto kNotetypeNames = NamesOf(kRowKeys, kConfigKeys);
constexpr std::string_view kWhat = "notetype";

}  // namespace

NotetypeRow ReadNotetype(const json::Value& json, ZeroId zero_id) {
  RequireTravelling(json, kWhat);
  RequireDistinctKeys(json, kNotetypeNames, kWhat);
  NotetypeRow row;
  RequireKeys(kRowKeys, json, row, kWhat);
  RequireId(Raw(row.id), zero_id, kWhat);
  N config;
  RequireKeys(kConfigKeys, json, config, kWhat);
  config.set_other(UnknownKeys(json, kNotetypeNames));
  row.config = config.SerializeAsString();
  return row;
}

void WriteNotetype(const NotetypeRow& row, json::Writer& out) {
  const auto config = Decode<N>(row.config, kNotetypeShape, NameOf(row));
  out.StartObject();
  WriteKeys(kRowKeys, row, out);
  WriteKeys(kConfigKeys, config, out);
  WriteOther(config.other(), kNotetypeNames, out);
  out.EndObject();
}

void CheckDecodes(const NotetypeRow& row) {
  Decode<N>(row.config, kNotetypeShape, NameOf(row));
  for (const FieldRow& field : row.fields) DecodePart<kField>(field, row);
  for (const TemplateRow& part : row.templates) DecodePart<kTemplate>(part, row);
}

std::uint32_t SortFieldIndex(std::string_view notetype_config) {
  return Decode<N>(notetype_config, kNotetypeShape, kWhat).sort_field_idx();
}

}  // namespace ankisync
