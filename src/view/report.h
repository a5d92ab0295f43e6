/* Reports as pages: what the keeper counted, filled into a document of share/document with its
 * charts. They name nobody. */
#ifndef VIEW_REPORT_H
#define VIEW_REPORT_H

#include "spec/spec.h"
#include "view/view.h"

enum {
	report_days = 402,
	report_ways = 12,
	report_steps = 40,
	report_standings = 4,
	report_ways_counts = 4
};

/* Zeroed, with arena and base set; texts of what is taken must live until it is drawn. */
struct report_people {
	struct arena *arena;
	struct view_document base;
	struct view_report_registration page;
	struct view_report_registration_standings standing[report_standings];
	struct view_report_registration_ways way[report_ways];
	struct view_report_registration_counts count[report_ways_counts];
};

void report_take_registration(struct report_people *p, const struct rec_registration *sum);
void report_take_methods(struct report_people *p, const struct rec_method_use *sum,
	const struct rec_method_use_row *rows, size_t count);
void report_draw_registration(struct buf *out, struct report_people *p); /* both were taken */
void report_draw_methods(struct buf *out, struct report_people *p);

struct report_usage {
	struct arena *arena;
	struct view_document base;
	struct rec_usage sum;
	int64_t first; /* day */
	struct view_report_usage page;
	struct view_report_usage_days day[report_days];
	struct view_report_usage_steps step[report_steps];
	struct view_report_usage_ways way[report_ways];
	struct str way_id[report_ways];
};

void report_begin_usage(struct report_usage *u, const struct rec_usage *sum);
/* Page by page; what is needed of their texts is copied. */
void report_take_usage(struct report_usage *u, const struct rec_usage_row *rows, size_t count);
void report_draw_usage(struct buf *out, struct report_usage *u);

#endif
