// SPDX-License-Identifier: AGPL-3.0-or-later
#include "common/sqlite/cursor.h"

#include <sqlite3.h>

#include <utility>

#include "common/sqlite/connection.h"

namespace ankisync::sqlite {

Cursor::Cursor(Connection& connection, const char* sql, sqlite3_stmt* statement)
    : connection_(&connection), sql_(sql), statement_(statement) {}

Cursor::Cursor(Cursor&& other) noexcept
    : connection_(other.connection_),
      sql_(other.sql_),
      statement_(std::exchange(other.statement_, nullptr)) {}

Cursor::~Cursor() {
  if (statement_) connection_->GiveBack(sql_, statement_);
}

bool Cursor::Next() {
  const int code = ::sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  connection_->Throw(code, sql_);
}

std::int64_t Cursor::Int(int column) const { return ::sqlite3_column_int64(statement_, column); }

double Cursor::Real(int column) const { return ::sqlite3_column_double(statement_, column); }

std::string_view Cursor::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(::sqlite3_column_text(statement_, column));
  return {text ? text : "", static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column))};
}

std::string_view Cursor::Bytes(int column) const {
  const auto* bytes = static_cast<const char*>(::sqlite3_column_blob(statement_, column));
  return {bytes ? bytes : "", static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column))};
}

Type Cursor::type(int column) const {
  switch (::sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return Type::kInteger;
    case SQLITE_FLOAT:
      return Type::kReal;
    case SQLITE_TEXT:
      return Type::kText;
    case SQLITE_BLOB:
      return Type::kBlob;
    default:
      return Type::kNull;
  }
}

void Cursor::Bind(int index, std::int64_t value) { ::sqlite3_bind_int64(statement_, index, value); }

void Cursor::Bind(int index, double value) { ::sqlite3_bind_double(statement_, index, value); }

void Cursor::Bind(int index, std::string_view text) {
  // A null pointer would bind NULL; the length is explicit because text may hold NUL.
  const int code = ::sqlite3_bind_text64(statement_, index, text.data() ? text.data() : "",
                                         text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) connection_->Throw(code, sql_);
}

void Cursor::Bind(int index, Blob blob) {
  const int code =
      ::sqlite3_bind_blob64(statement_, index, blob.bytes.data() ? blob.bytes.data() : "",
                            blob.bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) connection_->Throw(code, sql_);
}

void Cursor::Bind(int index, Null) { ::sqlite3_bind_null(statement_, index); }

}  // namespace ankisync::sqlite
