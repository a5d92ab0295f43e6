/* rekey audit export: the whole log, or what a filter leaves of it, for other programs. */
#include "cli/inside.h"

#include <stdio.h>

enum { page_rows = 200 };

/* into: whether as lines of JSON */
static void write_rows(void *into, const struct answer *a)
{
	const struct rec_audit_row *rows = a->items;
	const bool *lines = into;

	for (size_t i = 0; i < a->item_count; i++) {
		if (*lines) {
			json_record(stdout, &shape_rec_audit_row, &rows[i]);
			(void)fputc('\n', stdout);
		} else {
			sheet_record(stdout, &shape_rec_audit_row, &rows[i]);
		}
	}
}

int audit_export_run(struct call *call)
{
	struct op_audit_list in = { 0 };
	struct str format = call_value(call, "--as");
	bool lines = str_is(format, "jsonl");
	int code = operation_fill(call, &operation_list[operation_audit_list], &in);

	if (code)
		return code;
	if (format.at && !lines && !str_is(format, "csv"))
		return call_say(exit_usage, "--as takes csv or jsonl");
	in.most = page_rows;
	if (!lines)
		sheet_head(stdout, &shape_rec_audit_row);
	if ((code = call_pages(call, operation_audit_list, &in, write_rows, &lines)))
		return code;
	return fflush(stdout) == 0 ? exit_done
				   : call_say(exit_fault, "standard output cannot be written");
}
