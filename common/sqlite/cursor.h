// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "common/sqlite/sql.h"

struct sqlite3_stmt;

namespace ankisync::sqlite {

class Connection;

enum class Type { kInteger, kReal, kText, kBlob, kNull };

// The rows of one query. Gives its statement back to the connection when it goes, also when an
// exception passes. Text() and Blob() stay valid until the next Next(). Column numbers start at 0.
class Cursor {
 public:
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  bool Next();

  std::int64_t Int(int column) const;
  double Real(int column) const;
  std::string_view Text(int column) const;   // whatever the type, converted by SQLite
  std::string_view Bytes(int column) const;  // of a blob or text, as stored
  Type type(int column) const;
  bool IsNull(int column) const { return type(column) == Type::kNull; }

  // An id or a unit of ids.h.
  template <typename E>
  requires std::is_enum_v<E> E As(int column)
  const { return static_cast<E>(Int(column)); }

 private:
  friend class Connection;
  Cursor(Connection& connection, const char* sql, sqlite3_stmt* statement);

  void Bind(int index, std::int64_t value);
  void Bind(int index, double value);
  void Bind(int index, std::string_view text);  // not copied: must live as long as the cursor
  void Bind(int index, Blob blob);
  void Bind(int index, Null);

  template <std::integral T>
  void BindAny(int index, T value) {
    Bind(index, static_cast<std::int64_t>(value));
  }
  template <typename E>
  requires std::is_enum_v<E>
  void BindAny(int index, E value) { Bind(index, static_cast<std::int64_t>(value)); }
  void BindAny(int index, double value) { Bind(index, value); }
  void BindAny(int index, std::string_view text) { Bind(index, text); }
  void BindAny(int index, Blob blob) { Bind(index, blob); }
  void BindAny(int index, Null null) { Bind(index, null); }
  template <typename T>
  void BindAny(int index, const std::optional<T>& value) {
    if (value)
      BindAny(index, *value);
    else
      Bind(index, Null{});
  }

  template <typename... Arguments>
  void BindAll(const Arguments&... arguments) {
    int index = 0;
    (BindAny(++index, arguments), ...);
  }

  Connection* connection_;
  const char* sql_;
  sqlite3_stmt* statement_;
};

}  // namespace ankisync::sqlite
