/* The table of how settings combine, whole: every person of a small world under every way to set
 * it, judged a second time, in the plainest words, by the test. */
#include "../house.h"

#include "policy/rules.h"

#include <sqlite3.h>

/* Groups a, b and outer; whoever is in b is in outer, which holds it.
 * A person for each membership. */
enum { in_a = 1, in_b = 2, in_outer = 4, group_count = 3, person_count = 8, unset = -1 };

static const char *const group_names[group_count] = { "a", "b", "outer" };
static sqlite3 *db;

static struct str id_of(const char *kind, size_t n)
{
	struct buf b = buf_in(ctx.arena, 17);

	buf_print(&b, "%-15s%zu", kind, n);
	assert_false(b.full);
	return buf_str(&b);
}

static void printf_like(1, 2) run(const char *format, ...)
{
	char sql[400], *why = NULL;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

static void add_groups_and_people(void)
{
	struct unit unit = unit_begin(&ctx);
	struct value no = v_text(STR(""));

	for (size_t g = 0; g < group_count; g++)
		unit_add(&unit, statement_group_add, 1,
			WITH(v_bytes(id_of("group", g)), v_text(str_of(group_names[g])),
				v_text(str_of(group_names[g])), no, v_number(1)));
	unit_add(&unit, statement_group_group_add, 1,
		WITH(v_bytes(id_of("group", 2)), v_bytes(id_of("group", 1))));
	for (size_t p = 0; p < person_count; p++) {
		struct str id = id_of("person", p);

		unit_add(&unit, statement_account_add, 1,
			WITH(v_bytes(id), v_text(id), v_text(id), no, no, no, no, no, no, no,
				v_text(STR("en")), v_text(STR("active")), v_number(1),
				v_bytes(id)));
		for (size_t g = 0; g < group_count; g++)
			if (p >> g & 1)
				unit_add(&unit, statement_group_person_add, 1,
					WITH(v_bytes(id_of("group", g)), v_bytes(id)));
	}
	assert_int_equal(unit_commit(&unit), 0);
}

static int open_world(void **state)
{
	char path[100];

	if (open_house(state))
		return -1;
	add_groups_and_people();
	(void)snprintf(path, sizeof(path), "%s/rekey.db", folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run("PRAGMA synchronous = OFF");
	return 0;
}

static int close_world(void **state)
{
	sqlite3_close(db);
	return close_house(state);
}

/* ---- a way to set it ---- */

static int64_t everybody[rule_count], of_group[group_count][rule_count];
static unsigned listed[rule_list_count]; /* in_a | in_b | in_outer */

static void nothing_set(void)
{
	for (enum rule rule = 0; rule < rule_count; rule++) {
		everybody[rule] = unset;
		for (size_t g = 0; g < group_count; g++)
			of_group[g][rule] = unset;
	}
	memset(listed, 0, sizeof(listed));
}

static void set_all(void)
{
	run("BEGIN IMMEDIATE; DELETE FROM policy_site; DELETE FROM policy_group; DELETE FROM "
	    "policy_scope");
	for (enum rule rule = 0; rule < rule_count; rule++) {
		if (everybody[rule] != unset)
			run("INSERT INTO policy_site VALUES ('%s', %d)", rule_rows[rule].name,
				(int)everybody[rule]);
		for (size_t g = 0; g < group_count; g++)
			if (of_group[g][rule] != unset)
				run("INSERT INTO policy_group SELECT id, '%s', %d FROM "
				    "directory_group WHERE name = '%s'",
					rule_rows[rule].name, (int)of_group[g][rule],
					group_names[g]);
	}
	for (enum rule_list list = 0; list < rule_list_count; list++)
		for (size_t g = 0; g < group_count; g++)
			if (listed[list] >> g & 1)
				run("INSERT INTO policy_scope SELECT '%s', id FROM directory_group "
				    "WHERE name = '%s'",
					list_rows[list].name, group_names[g]);
	run("COMMIT");
}

/* ---- the second evaluation ---- */

static unsigned groups_of_person(size_t p)
{
	unsigned in = (unsigned)p;

	if (in & in_b)
		in |= in_outer;
	return in;
}

/* What the groups say, or else what is said for everybody. */
static int64_t said_value(enum rule rule, bool larger, unsigned in)
{
	int64_t value = unset;

	for (size_t g = 0; g < group_count; g++) {
		int64_t said = of_group[g][rule];

		if (!(in >> g & 1) || said == unset)
			continue;
		if (value == unset || (larger ? said > value : said < value))
			value = said;
	}
	return value == unset ? everybody[rule] : value;
}

/* Whoever is in a group that is hardened is hardened; in one that follows Entra, that; else as
 * everybody. */
static bool plain_entra(unsigned in)
{
	bool hardened = false, entra = false;

	for (size_t g = 0; g < group_count; g++) {
		hardened |= (in >> g & 1) && of_group[g][rule_profile] == profile_hardened;
		entra |= (in >> g & 1) && of_group[g][rule_profile] == profile_entra;
	}
	if (hardened || entra)
		return !hardened;
	return everybody[rule_profile] == profile_entra;
}

/* What is said, or else the preset of the profile. */
static int64_t plain_value(
	enum rule rule, int64_t hardened, int64_t entra, bool larger, unsigned in)
{
	int64_t said = said_value(rule, larger, in);

	if (said != unset)
		return said;
	return plain_entra(in) ? entra : hardened;
}

static bool plain_way(enum rule on, enum rule_list include, enum rule_list exclude, unsigned in)
{
	if (!plain_value(on, 1, on != rule_codes_on, false, in))
		return false;
	if (listed[exclude] & in)
		return false;
	return listed[include] == 0 || (listed[include] & in) != 0;
}

static bool plain_scope(unsigned in)
{
	int64_t who = everybody[rule_enablement_type] == unset ? who_all
							       : everybody[rule_enablement_type];

	if (listed[list_excluded_groups] & in)
		return false;
	if ((listed[list_administrators] & in) && everybody[rule_admins_may] == 0)
		return false;
	return who == who_all || (who == who_selected && (listed[list_enabled_groups] & in));
}

static int64_t plain_proofs(unsigned in)
{
	int64_t value = plain_value(rule_proofs_to_reset, 2, 1, true, in);

	return (listed[list_administrators] & in) ? 2 : value;
}

static void same_as_plain(size_t p, const struct rules *r)
{
	unsigned in = groups_of_person(p);

	assert_int_equal(r->value[rule_proofs_to_reset], plain_proofs(in));
	assert_int_equal(r->value[rule_methods_to_register],
		plain_value(rule_methods_to_register, 0, 0, true, in));
	assert_int_equal(
		r->value[rule_password_min], plain_value(rule_password_min, 15, 15, true, in));
	assert_int_equal(rules_allow(r, method_mail),
		plain_way(rule_mail_on, list_mail_include, list_mail_exclude, in));
	assert_int_equal(rules_allow(r, method_totp),
		plain_way(rule_app_on, list_app_include, list_app_exclude, in));
	assert_int_equal(rules_allow(r, method_recovery_code),
		plain_way(rule_codes_on, list_codes_include, list_codes_exclude, in));
	assert_int_equal(r->in_scope, plain_scope(in));
	assert_int_equal(r->administrator, (listed[list_administrators] & in) != 0);
	assert_int_equal(
		r->value[rule_profile], plain_entra(in) ? profile_entra : profile_hardened);
	assert_int_equal(r->value[rule_skip_days], plain_value(rule_skip_days, 7, 0, false, in));
	/* What is of the whole site, and told before a proof, depends on nobody. */
	assert_int_equal(r->value[rule_grace_days], everybody[rule_grace_days] != unset
							    ? everybody[rule_grace_days]
						    : plain_entra(0) ? 0
								     : 14);
	assert_int_equal(r->proofs_shown, plain_value(rule_proofs_to_reset, 2, 1, true, 0));
}

/* Asked one by one of the store, and of all that is set at once. */
static void everybody_is_judged_the_same(void)
{
	struct str ids[group_count];
	struct policy all;
	struct rules r;

	arena_wipe(ctx.arena);
	set_all();
	assert_int_equal(policy_load(&ctx, &all), 0);
	for (size_t p = 0; p < person_count; p++) {
		struct within within = { ids, 0 };

		assert_int_equal(rules_of(&ctx, id_of("person", p), &r), 0);
		same_as_plain(p, &r);
		for (size_t g = 0; g < group_count; g++)
			if (groups_of_person(p) >> g & 1)
				ids[within.count++] = id_of("group", g);
		policy_judge(&all, &within, &r);
		same_as_plain(p, &r);
	}
}

/* ---- every way ---- */

/* The n-th of -1, least, ..., most; n shrinks to what is left of it. */
static int64_t next_of(size_t *n, int64_t least, int64_t most)
{
	size_t count = (size_t)(most - least) + 2, at = *n % count;

	*n /= count;
	return at == 0 ? unset : least + (int64_t)at - 1;
}

/* n of 27: what everybody, group a and group outer have for a profile, or nothing. */
enum { profile_ways = 27 };

static void set_profiles(size_t n)
{
	everybody[rule_profile] = next_of(&n, profile_entra, profile_hardened);
	of_group[0][rule_profile] = next_of(&n, profile_entra, profile_hardened);
	of_group[2][rule_profile] = next_of(&n, profile_entra, profile_hardened);
}

static void numbers_combine_to_the_largest(void **state)
{
	static const unsigned admins[] = { 0, in_a, in_outer };

	(void)state;
	for (size_t n = 0; n < 3u * 3 * 3 * 3 * 3 * profile_ways; n++) {
		size_t left = n / 3;

		nothing_set();
		set_profiles(n / (3u * 3 * 3 * 3 * 3));
		listed[list_administrators] = admins[n % 3];
		everybody[rule_proofs_to_reset] = next_of(&left, 1, 2);
		for (size_t g = 0; g < group_count; g++)
			of_group[g][rule_proofs_to_reset] = next_of(&left, 1, 2);
		everybody_is_judged_the_same();
	}
	for (size_t n = 0; n < 3u * 4 * 4 * 4; n++) {
		size_t left = n;

		nothing_set();
		everybody[rule_password_min] = next_of(&left, 15, 16);
		for (size_t g = 0; g < group_count; g++) {
			of_group[g][rule_methods_to_register] = next_of(&left, 1, 3);
			of_group[g][rule_password_min] =
				of_group[g][rule_methods_to_register] == unset
					? unset
					: 20 - of_group[g][rule_methods_to_register];
		}
		everybody_is_judged_the_same();
	}
}

static void ways_combine_to_what_all_allow(void **state)
{
	static const enum rule on[] = { rule_mail_on, rule_app_on, rule_codes_on };
	static const enum rule_list include[] = { list_mail_include, list_app_include,
		list_codes_include };
	static const enum rule_list exclude[] = { list_mail_exclude, list_app_exclude,
		list_codes_exclude };

	(void)state;
	for (size_t n = 0; n < 3u * 2 * 3 * 3 * 8 * 8 * 9; n++) {
		size_t left = n / 6 / 64, way = n % 3;

		if (way != 2 && n >= 3u * 2 * 3 * 3 * 8 * 8) /* a profile presets the third alone */
			continue;
		nothing_set();
		set_profiles(n / (3u * 2 * 3 * 3 * 8 * 8));
		everybody[on[way]] = n / 3 % 2 ? unset : 0;
		listed[include[way]] = (unsigned)(n / 6 % 8);
		listed[exclude[way]] = (unsigned)(n / 48 % 8);
		of_group[0][on[way]] = next_of(&left, 0, 1);
		of_group[1][on[way]] = next_of(&left, 0, 1);
		everybody_is_judged_the_same();
	}
}

static void scope_and_administrators(void **state)
{
	static const unsigned admins[] = { 0, in_a, in_outer };

	(void)state;
	for (size_t n = 0; n < 3u * 2 * 3 * 8 * 8; n++) {
		nothing_set();
		listed[list_administrators] = admins[n % 3];
		everybody[rule_admins_may] = n / 3 % 2 ? unset : 0;
		everybody[rule_enablement_type] = (int64_t)(n / 6 % 3);
		listed[list_enabled_groups] = (unsigned)(n / 18 % 8);
		listed[list_excluded_groups] = (unsigned)(n / 144 % 8);
		everybody_is_judged_the_same();
	}
}

/* Each rule that a profile presets, said by anybody or by nobody. */
static void what_is_not_set_follows_the_profile(void **state)
{
	static const struct {
		enum rule rule;
		int64_t least, most;
	} rows[] = { { rule_proofs_to_reset, 1, 2 }, { rule_grace_days, 0, 1 },
		{ rule_codes_on, 0, 1 }, { rule_skip_days, 0, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t n = 0; n < 9u * profile_ways; n++) {
			size_t left = n / profile_ways;

			nothing_set();
			set_profiles(n % profile_ways);
			everybody[rows[i].rule] = next_of(&left, rows[i].least, rows[i].most);
			if (rule_rows[rows[i].rule].combine != combine_site)
				of_group[1][rows[i].rule] =
					next_of(&left, rows[i].least, rows[i].most);
			/* 0 is without end there: the larger. */
			if (rows[i].rule == rule_skip_days && of_group[1][rule_skip_days] == 0)
				continue;
			everybody_is_judged_the_same();
		}
}

/* Before a proof everybody is shown each way that anybody may have. */
static void ways_of_every_profile_are_shown(void **state)
{
	(void)state;
	for (size_t n = 0; n < profile_ways * 3u; n++) {
		bool shown[method_kind_count], any = false;
		size_t left = n / profile_ways;

		nothing_set();
		set_profiles(n % profile_ways);
		everybody[rule_codes_on] = next_of(&left, 0, 1);
		arena_wipe(ctx.arena);
		set_all();
		assert_int_equal(rules_shown(&ctx, shown), 0);
		for (size_t p = 0; p < person_count; p++)
			any |= plain_way(rule_codes_on, list_codes_include, list_codes_exclude,
				groups_of_person(p));
		assert_int_equal(shown[method_recovery_code], any);
		assert_true(shown[method_mail]);
	}
}

/* What the file says otherwise than it is without one is set; a profile leaves it. */
static void what_the_file_says_stands_over_a_profile(void **state)
{
	struct rules r;

	(void)state;
	set_conf("policy.profile", "entra");
	assert_int_equal(rules_of(&ctx, STR_NONE, &r), 0);
	assert_int_equal(r.value[rule_profile], profile_entra);
	assert_int_equal(r.value[rule_proofs_to_reset], 1);
	assert_true(str_is(r.from[rule_profile], "file"));
	assert_true(str_is(r.from[rule_proofs_to_reset], "profile"));
	set_conf("policy.profile", "hardened");
	set_conf("policy.numberOfAuthenticationMethodsRequired", "1");
	nothing_set();
	everybody[rule_profile] = profile_entra;
	of_group[0][rule_profile] = profile_hardened;
	set_all();
	assert_int_equal(rules_of(&ctx, id_of("person", in_a), &r), 0);
	assert_int_equal(r.value[rule_proofs_to_reset], 1);
	assert_true(str_is(r.from[rule_proofs_to_reset], "file"));
	assert_true(r.value[rule_codes_on]);
	assert_true(str_is(r.from[rule_profile], "a"));
	set_conf("policy.numberOfAuthenticationMethodsRequired", "2");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
	const struct CMUnitTest tests[] = {
		TEST(numbers_combine_to_the_largest),
		TEST(ways_combine_to_what_all_allow),
		TEST(scope_and_administrators),
		TEST(what_is_not_set_follows_the_profile),
		TEST(ways_of_every_profile_are_shown),
		TEST(what_the_file_says_stands_over_a_profile),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
