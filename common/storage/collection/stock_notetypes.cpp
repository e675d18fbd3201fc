// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/storage/collection/stock_notetypes.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"
#include "common/core/random_token.h"
#include "common/storage/collection/proto/notetype_json.h"

namespace ankisync {
namespace {

constexpr std::string_view kCardStyle =
    ".card {\n    font-family: arial;\n    font-size: 20px;\n    line-height: 1.5;\n    "
    "text-align: center;\n"
    "    color: black;\n    background-color: white;\n}\n";
constexpr std::string_view kClozeStyle =
    ".cloze {\n    font-weight: bold;\n    color: blue;\n}\n.nightMode .cloze {\n    color: "
    "lightblue;\n}\n";
constexpr std::string_view kLatexPreamble =
    "\\documentclass[12pt]{article}\n\\special{papersize=3in,5in}\n\\usepackage[utf8]{inputenc}\n"
    "\\usepackage{amssymb,amsmath}\n\\pagestyle{empty}\n\\setlength{\\parindent}{0in}\n\\begin{"
    "document}\n";

struct StockField {
  std::string_view name;
  int tag = -1;  // cloze fields are known by number, whatever they are renamed to
  bool prevent_deletion = false;
};

struct StockTemplate {
  std::string_view name;
  std::string_view front;
  std::string_view back;
};

enum class Kind { kNormal = 0, kCloze = 1 };

struct Stock {
  std::string_view name;
  Kind kind;
  int original_stock_kind;
  std::vector<StockField> fields;
  std::vector<StockTemplate> templates;
  std::string_view requirements;  // JSON: which fields make which card
};

std::vector<Stock> All() {
  constexpr std::string_view kAnswer = "{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}";
  constexpr std::string_view kReverse = "{{FrontSide}}\n\n<hr id=answer>\n\n{{Front}}";
  return {
      {"Basic",
       Kind::kNormal,
       1,
       {{"Front"}, {"Back"}},
       {{"Card 1", "{{Front}}", kAnswer}},
       R"([[0,"any",[0]]])"},
      {"Basic (and reversed card)",
       Kind::kNormal,
       2,
       {{"Front"}, {"Back"}},
       {{"Card 1", "{{Front}}", kAnswer}, {"Card 2", "{{Back}}", kReverse}},
       R"([[0,"any",[0]],[1,"any",[1]]])"},
      {"Basic (optional reversed card)",
       Kind::kNormal,
       3,
       {{"Front"}, {"Back"}, {"Add Reverse"}},
       {{"Card 1", "{{Front}}", kAnswer},
        {"Card 2", "{{#Add Reverse}}{{Back}}{{/Add Reverse}}", kReverse}},
       R"([[0,"any",[0]],[1,"all",[1,2]]])"},
      {"Basic (type in the answer)",
       Kind::kNormal,
       4,
       {{"Front"}, {"Back"}},
       {{"Card 1", "{{Front}}\n\n{{type:Back}}", "{{Front}}\n\n<hr id=answer>\n\n{{type:Back}}"}},
       R"([[0,"any",[0,1]]])"},
      {"Cloze",
       Kind::kCloze,
       5,
       {{"Text", 0, true}, {"Back Extra", 1}},
       {{"Cloze", "{{cloze:Text}}", "{{cloze:Text}}<br>\n{{Back Extra}}"}},
       R"([[0,"any",[0]]])"},
  };
}

std::int64_t RandomId() {
  const std::string hex = RandomToken(8);
  std::uint64_t id = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), id, 16);
  return static_cast<std::int64_t>(id | 1);
}

void WriteFields(const Stock& stock, json::Writer& out) {
  out.Key("flds").StartArray();
  for (const StockField& field : stock.fields) {
    out.StartObject().Key("name").Text(field.name).Key("sticky").Bool(false).Key("rtl").Bool(false);
    out.Key("font").Text("Arial").Key("size").Int(20).Key("id").Int(RandomId());
    if (field.tag >= 0) out.Key("tag").Int(field.tag);
    out.Key("preventDeletion").Bool(field.prevent_deletion).EndObject();
  }
  out.EndArray();
}

void WriteTemplates(const Stock& stock, json::Writer& out) {
  out.Key("tmpls").StartArray();
  for (const StockTemplate& card : stock.templates) {
    out.StartObject()
        .Key("name")
        .Text(card.name)
        .Key("qfmt")
        .Text(card.front)
        .Key("afmt")
        .Text(card.back);
    out.Key("id").Int(RandomId()).EndObject();
  }
  out.EndArray();
}

// By way of the protocol's JSON, which reads better than protobuf.
NotetypeRow RowOf(const Stock& stock) {
  std::string text;
  json::Writer out(text);
  out.StartObject()
      .Key("id")
      .Int(1)
      .Key("name")
      .Text(stock.name)
      .Key("type")
      .Int(static_cast<int>(stock.kind));
  out.Key("mod").Int(0).Key("usn").Int(0).Key("sortf").Int(0).Key("did").Null();
  out.Key("css").Text(std::string(kCardStyle) +
                      std::string(stock.kind == Kind::kCloze ? kClozeStyle : ""));
  out.Key("latexPre").Text(kLatexPreamble).Key("latexPost").Text("\\end{document}");
  out.Key("req").Raw(stock.requirements).Key("originalStockKind").Int(stock.original_stock_kind);
  WriteFields(stock, out);
  WriteTemplates(stock, out);
  out.EndObject();
  return ReadNotetype(json::Document::Parse(std::move(text)).root());
}

}  // namespace

std::vector<NotetypeRow> StockNotetypes() {
  std::vector<NotetypeRow> rows;
  for (const Stock& stock : All()) rows.push_back(RowOf(stock));
  return rows;
}

}  // namespace ankisync
