/* rekey report: who has registered, with what, and how resets go:
 * as a table, as JSON, as a sheet. */
#include "cli/document.h"

static int report(struct call *call, enum operation_id id)
{
	struct str path = call_value(call, "--html");

	if (path.at)
		return report_html(call, id, path);
	return call_flag(call, "--csv") ? sheet_pages(call, id)
					: operation_run(call, &operation_list[id]);
}

int report_registration_run(struct call *call)
{
	return report(call, operation_report_registration);
}

int report_methods_run(struct call *call)
{
	return report(call, operation_report_methods);
}

int report_usage_run(struct call *call)
{
	return report(call, operation_report_usage);
}

int feedback_export_run(struct call *call)
{
	return sheet_pages(call, operation_feedback_list);
}
