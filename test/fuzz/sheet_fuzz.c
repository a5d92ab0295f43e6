/* Any bytes as cells of an exported sheet: one record is one line, each cell reads back to its
 * value with blanks for controls, and none begins what a spreadsheet would run. */
#include "cli/inside.h"

#include "fuzz.h"

/* One quoted cell off *rest, and the comma or line end behind it (RFC 4180 2). */
static struct str cell_read(struct ctx *c, struct str *rest, bool last)
{
	struct buf out = buf_in(c->arena, rest->length + 1);
	struct str end = last ? STR("\"\r\n") : STR("\",");

	must_be(str_starts(*rest, STR("\"")));
	for (*rest = str_from(*rest, 1); !str_starts(*rest, end); *rest = str_from(*rest, 1)) {
		must_be(rest->length && ((uint8_t)rest->at[0] >= ' ' && rest->at[0] != 0x7f));
		if (rest->at[0] == '"') {
			*rest = str_from(*rest, 1);
			must_be(str_starts(*rest, STR("\"")));
		}
		buf_char(&out, rest->at[0]);
	}
	*rest = str_from(*rest, end.length);
	must_be(!out.full);
	return buf_str(&out);
}

static void is_shown(struct str cell, struct str value)
{
	must_be(!cell.length || !strchr("=+-@\t\r\n", cell.at[0]));
	must_be(!str_starts(cell, STR("＝")) && !str_starts(cell, STR("＋")) &&
		!str_starts(cell, STR("－")) && !str_starts(cell, STR("＠")));
	if (cell.length == value.length + 1 && cell.at[0] == '\'')
		cell = str_from(cell, 1);
	must_be(cell.length == value.length);
	for (size_t i = 0; i < cell.length; i++) {
		bool control = (uint8_t)value.at[i] < ' ' || value.at[i] == 0x7f;

		must_be(cell.at[i] == (control ? ' ' : value.at[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(1024 * 1024);
	struct str b = { (const char *)bytes, size }, a = fuzz_piece(&b);
	struct rec_audit_row row = { .person = a, .detail = b, .at = 7 };
	char *made = NULL;
	size_t length = 0;
	FILE *to;

	if (size > 4096 || !(to = open_memstream(&made, &length)))
		return 0;
	sheet_record(to, &shape_rec_audit_row, &row);
	must_be(fclose(to) == 0);
	b = (struct str){ made, length };
	for (size_t i = 0; i < shape_rec_audit_row.count; i++) {
		const struct field *f = &shape_rec_audit_row.fields[i];
		char memory[40];
		struct str cell = cell_read(c, &b, i + 1 == shape_rec_audit_row.count);

		is_shown(cell, table_text(f, &row, memory));
	}
	must_be(b.length == 0);
	memory_return(made);
	arena_wipe(c->arena);
	return 0;
}
