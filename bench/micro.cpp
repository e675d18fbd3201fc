// SPDX-License-Identifier: AGPL-3.0-or-later
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "common/codec/crc32.h"
#include "common/codec/json_value.h"
#include "common/codec/json_writer.h"
#include "common/codec/zstd_stream.h"
#include "common/core/hash.h"
#include "common/storage/collection/proto/notetype_json.h"
#include "common/storage/collection/stock_notetypes.h"
#include "common/storage/collection/text/unicase.h"
#include "services/sync/methods/chunk_entries.h"
#include "services/sync/methods/chunk_reader.h"

// ./dev bench micro: what the inner loops cost. Bytes a second are those of the plain side.
namespace ankisync {
namespace {

constexpr int kRows = 1000;

// As a chunk of a day's learning: for each note a card and two reviews.
std::string ChunkText() {
  std::string text;
  json::Writer out(text);
  out.StartObject().Key("chunk").StartObject().Key("revlog").StartArray();
  for (int i = 0; i < kRows / 2; ++i)
    sync::WriteEntry(RevlogEntry{.id = RevlogId{1'700'000'000'000 + i},
                                 .card_id = CardId{i},
                                 .usn = Usn{7},
                                 .button = 3,
                                 .ivl = 10,
                                 .last_ivl = 4,
                                 .factor = 2500,
                                 .taken_ms = 4321},
                     out);
  out.EndArray().Key("cards").StartArray();
  for (int i = 0; i < kRows / 4; ++i)
    sync::WriteEntry(CardEntry{.id = CardId{i},
                               .note_id = NoteId{i},
                               .deck_id = DeckId{1},
                               .mtime = UnixSeconds{1'700'000'000},
                               .due = i,
                               .data = R"({"s":1.5})"},
                     out);
  out.EndArray().Key("notes").StartArray();
  for (int i = 0; i < kRows / 4; ++i)
    sync::WriteEntry(NoteEntry{.id = NoteId{i},
                               .guid = "Ab,c1~" + std::to_string(i),
                               .notetype_id = NotetypeId{1},
                               .mtime = UnixSeconds{1'700'000'000},
                               .tags = " leech verb ",
                               .fields = "der Bär, die Bären\x1fthe <b>bear</b>, the \"bears\""},
                     out);
  out.EndArray().EndObject().EndObject();
  return text;
}

std::string NotetypeText() {
  NotetypeRow row = StockNotetypes().front();
  row.id = NotetypeId{1};
  std::string text;
  json::Writer out(text);
  WriteNotetype(row, out);
  return text;
}

void CountBytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes * state.iterations()));
}

void ChunkOut(benchmark::State& state) {
  std::size_t bytes = 0;
  for (auto _ : state) bytes += ChunkText().size();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(ChunkOut);

void ChunkIn(benchmark::State& state) {
  const std::string text = ChunkText();
  int rows = 0;
  for (auto _ : state) {
    StringSource source(text);
    sync::ReadChunk(source, {.revlog = [&](const RevlogEntry&) { ++rows; },
                             .card = [&](const CardEntry&) { ++rows; },
                             .note = [&](const NoteEntry&) { ++rows; }});
  }
  if (rows != static_cast<int>(state.iterations()) * kRows) state.SkipWithError("rows are missing");
  CountBytes(state, text.size());
  state.SetItemsProcessed(rows);
}
BENCHMARK(ChunkIn);

void NotetypeFromJson(benchmark::State& state) {
  const std::string text = NotetypeText();
  for (auto _ : state) benchmark::DoNotOptimize(ReadNotetype(json::Document::Parse(text).root()));
  CountBytes(state, text.size());
}
BENCHMARK(NotetypeFromJson);

void NotetypeToJson(benchmark::State& state) {
  const std::string text = NotetypeText();
  const NotetypeRow row = ReadNotetype(json::Document::Parse(text).root());
  for (auto _ : state) {
    std::string out;
    json::Writer writer(out);
    WriteNotetype(row, writer);
    benchmark::DoNotOptimize(out);
  }
  CountBytes(state, text.size());
}
BENCHMARK(NotetypeToJson);

void Unicase(benchmark::State& state, const std::string& a, const std::string& b) {
  for (auto _ : state) benchmark::DoNotOptimize(CompareUnicase(a, b));
  CountBytes(state, a.size());
}
BENCHMARK_CAPTURE(Unicase, ascii, "Vocabulary::Unit 12", "vocabulary::unit 12");
BENCHMARK_CAPTURE(Unicase, german, "Straße und Übung", "STRASSE UND ÜBUNG");
BENCHMARK_CAPTURE(Unicase, cyrillic, "Общая лексика", "общая ЛЕКСИКА");

void Compress(benchmark::State& state) {
  const std::string text = ChunkText();
  for (auto _ : state) {
    ZstdStringSink sink;
    sink.Write(text);
    benchmark::DoNotOptimize(sink.Finish());
  }
  CountBytes(state, text.size());
}
BENCHMARK(Compress);

void Decompress(benchmark::State& state) {
  const std::string text = ChunkText();
  const std::string frame = ZstdCompress(text);
  for (auto _ : state) {
    ZstdDecompressor source(std::make_unique<StringSource>(frame), text.size());
    benchmark::DoNotOptimize(ReadAll(source, text.size()));
  }
  CountBytes(state, text.size());
}
BENCHMARK(Decompress);

template <auto Sum>
void OfAFile(benchmark::State& state) {
  const std::string bytes(30'000, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(Sum(bytes));
  CountBytes(state, bytes.size());
}
BENCHMARK(OfAFile<Sha1>)->Name("Sha1");
BENCHMARK(OfAFile<[](std::string_view bytes) { return Crc32(bytes); }>)->Name("Crc32");

}  // namespace
}  // namespace ankisync
