/* Values and rows as those who ask see them. */
#include "store/store.h"

struct value v_null(void)
{
	return (struct value){ .kind = value_null };
}

struct value v_number(int64_t n)
{
	return (struct value){ .kind = value_number, .number = n };
}

struct value v_text(struct str s)
{
	return (struct value){ .kind = value_text, .str = s.at ? s : STR("") };
}

struct value v_bytes(struct str s)
{
	if (!s.at)
		return v_null();
	return (struct value){ .kind = value_bytes, .str = s };
}

struct value row_value(const struct rows *rows, size_t row, size_t column)
{
	must_be(row < rows->count && column < rows->columns);
	return rows->at[row][column];
}

int64_t row_number(const struct rows *rows, size_t row, size_t column)
{
	struct value v = row_value(rows, row, column);

	must_be(v.kind == value_number || v.kind == value_null);
	return v.number;
}

struct str row_str(const struct rows *rows, size_t row, size_t column)
{
	struct value v = row_value(rows, row, column);

	must_be(v.kind != value_number);
	return v.str;
}
