// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/sync/methods/chunk_entries.h"

#include <gtest/gtest.h>

#include <map>

#include "services/sync/testing/collection_file.h"
#include "services/sync/testing/sync_server.h"
#include "services/sync/testing/vectors.h"

// entries.json: each element of each entry with a battery of values, sent with applyChunk.
namespace ankisync::sync {
namespace {

constexpr std::size_t kCases = 3116;
constexpr std::int64_t kFirstFreeId = 1'000'000;

using Elements = std::vector<std::string>;  // of an entry, each as JSON

Elements ElementsOf(const std::string& entry) {
  return CanonicalItems(json::Document::Parse(entry).root());
}

std::string EntryOf(const Elements& elements) {
  std::string entry;
  for (const std::string& element : elements) entry += (entry.empty() ? "" : ",") + element;
  return '[' + entry + ']';
}

constexpr sqlite::Sql kCards =
    "SELECT json_array(id,nid,did,ord,mod,usn,type,queue,due,ivl,factor,reps,lapses,left,odue,odid,"
    "flags,data) FROM cards";
constexpr sqlite::Sql kRevlog =
    "SELECT json_array(id,cid,usn,ease,ivl,lastIvl,factor,time,type) FROM revlog";
constexpr sqlite::Sql kNotes =
    "SELECT json_array(id,guid,mid,mod,usn,tags,flds,sfld,csum,flags,data) FROM notes";

class Entries : public testing::Test {
 protected:
  Entries() { server.Install("ada", CollectionFile::Base()); }

  // Calls check(table, column, its position, the values).
  template <typename Check>
  void ForEachElement(Check check) const {
    for (const json::Value& table : At(cases.root(), "tables").items()) {
      const auto columns = At(table, "columns").items();
      for (std::size_t i = 0; i < columns.size(); ++i) {
        check(table, columns[i].text(), i, At(At(table, "elements"), columns[i].text()));
      }
    }
  }

  Answer Apply(const json::Value& table, const Elements& elements) {
    return device.ApplyChunk("{\"" + TextAt(table, "table") + "\":[" + EntryOf(elements) + "]}");
  }

  std::map<std::string, std::string> StoredById() const {
    std::map<std::string, std::string> rows;
    for (const sqlite::Sql& sql : {kCards, kRevlog, kNotes}) {
      for (const std::string& row : server.Rows("ada", sql)) {
        rows[ElementsOf(row)[0] + " of " + std::to_string(ElementsOf(row).size())] = row;
      }
    }
    return rows;
  }

  const json::Document cases = LoadVectors("entries.json");
  SyncServer server;
  Device device{server};
};

TEST_F(Entries, EveryAcceptedValueIsStoredAsTheReferenceDoes) {
  std::map<std::string, std::string> expected;
  std::int64_t next_id = kFirstFreeId;
  device.Start(0);
  ForEachElement([&](const json::Value& table, std::string_view column, std::size_t position,
                     const json::Value& values) {
    for (const json::Value& accepted : At(values, "accepted").items()) {
      Elements sent = ElementsOf(TextAt(table, "base_in"));
      sent[0] = std::to_string(next_id++);
      sent[position] = accepted.items()[0].text();
      ASSERT_EQ(Apply(table, sent).status, 200) << column << " = " << sent[position];

      Elements row;
      for (const json::Value& name : At(table, "columns").items()) {
        const json::Value* changed = accepted.items()[1].Find(name.text());
        row.push_back(Canonical(changed ? *changed : At(At(table, "base_row"), name.text())));
        // Ours is the server's, whatever the client writes.
        if (name.text() == "usn") row.back() = "10";
      }
      row[0] = sent[0];
      expected[row[0] + " of " + std::to_string(row.size())] = EntryOf(row);
    }
  });
  device.Finish();
  EXPECT_EQ(StoredById(), expected);
}

TEST_F(Entries, EveryOtherValueIsRefused) {
  std::size_t refused = 0;
  std::size_t accepted = 0;
  ForEachElement([&](const json::Value& table, std::string_view column, std::size_t position,
                     const json::Value& values) {
    accepted += At(values, "accepted").items().size();
    for (const json::Value& raw : At(values, "rejected").items()) {
      Elements sent = ElementsOf(TextAt(table, "base_in"));
      sent[position] = raw.text();
      // One that contradicts the collection ends the session.
      if (device.Call("chunk").status == 409) device.Start();
      EXPECT_EQ(Apply(table, sent).status, 400) << column << " = " << raw.text();
      ++refused;
    }
  });
  EXPECT_EQ(refused + accepted, kCases);
  device.Finish();
  EXPECT_TRUE(StoredById().empty());
}

TEST_F(Entries, HaveTheLengthThatTheReferenceTakes) {
  device.Start();
  for (const json::Value& table : At(cases.root(), "tables").items()) {
    for (const json::Member& length : At(table, "length_status").members()) {
      Elements sent = ElementsOf(TextAt(table, "base_in"));
      sent.resize(std::stoul(std::string(length.key)), "0");
      EXPECT_EQ(std::to_string(Apply(table, sent).status), length.value.text())
          << TextAt(table, "table") << " of " << length.key;
    }
  }
}

// Departure, revlog: the reference takes an object with the columns' names too, which no client
// sends.
TEST_F(Entries, AreNeverObjects) {
  device.Start();
  for (const json::Value& table : At(cases.root(), "tables").items()) {
    const std::string name = TextAt(table, "table");
    EXPECT_EQ(IntAt(table, "object_form_status"), name == "revlog" ? 200 : 400);
    EXPECT_EQ(
        device.ApplyChunk("{\"" + name + "\":[" + Canonical(At(table, "base_row")) + "]}").status,
        400);
  }
}

TEST_F(Entries, AreSentOnAsTheReferenceDoes) {
  device.Start();
  std::map<std::string, std::string> expected{{"done", "true"}};
  for (const json::Value& table : At(cases.root(), "tables").items()) {
    EXPECT_EQ(Apply(table, ElementsOf(TextAt(table, "base_in"))).status, 200);
    expected[TextAt(table, "table")] = '[' + Canonical(At(table, "base_out")) + ']';
  }
  device.Finish();

  Device other(server, "ada", 2);
  other.Start(10);
  std::map<std::string, std::string> sent;
  const auto chunk = json::Document::Parse(other.Call("chunk").text);
  for (const json::Member& member : chunk.root().members()) {
    sent[std::string(member.key)] = Canonical(member.value);
  }
  EXPECT_EQ(sent, expected);
}

}  // namespace
}  // namespace ankisync::sync
