/* SPDX-License-Identifier: ISC */
#include "core/check.h"

#include "tests/unit/scene.h"

/* Rules that need more entries, or stranger names, than a command line has. */

static bool
finds(const struct check *c, const char *rule)
{
	struct node *findings = node_list();
	bool found = false;

	check_run(findings, c);
	for (size_t i = 0; i < findings->n; i++)
		found |=
		    strcmp(node_text(findings->kids[i], "rule"), rule) == 0;
	node_free(findings);
	return found;
}

/* An order with this many entries. */
static struct scene
crowd(int entries)
{
	struct buf lines = BUF_INIT;
	struct scene s;

	buf_adds(&lines, "order 2026-01-01T00:00:00Z id=FO1\n");
	for (int i = 1; i < entries; i++)
		buf_adds(&lines, "note 2026-01-02T00:00:00Z text=x\n");
	s = scene(lines.data);
	buf_release(&lines);
	return s;
}

static void
an_order_of_two_thousand_entries_is_told(void **state)
{
	struct scene below = crowd(1999), at_it = crowd(2000);

	(void)state;
	assert_false(
	    finds(&(struct check){ .order = below.order, .before = CHECK_OPEN },
		"many-entries"));
	assert_true(
	    finds(&(struct check){ .order = at_it.order, .before = CHECK_OPEN },
		"many-entries"));
	drop(&below);
	drop(&at_it);
}

/* The findings about files whose sums are these. */
static struct node *
packed(struct scene *s, const char *sums)
{
	struct node *findings = node_list();
	struct buf b = BUF_INIT;

	buf_adds(&b, sums);
	check_packed(findings,
	    &(struct check){ .order = s->order, .before = CHECK_DELIVER }, &b,
	    NULL, 10);
	buf_release(&b);
	return findings;
}

#define DIGEST \
	"0000000000000000000000000000000000000000000000000000000000000000"

static void
names_are_read_as_sha256sum_writes_them(void **state)
{
	struct scene s = crowd(1);
	struct node *good =
	    packed(&s, DIGEST "  ./a/plain.txt\n" DIGEST "  ./con.d/x\n");
	struct node *bad =
	    packed(&s, "\\" DIGEST "  ./a\\\\b\n" DIGEST "  short");
	struct node *cut = packed(&s, "abc\n\n" DIGEST "\n");

	(void)state;
	assert_int_equal(good->n, 1); /* con.d is a device, too */
	assert_int_equal(bad->n, 1);
	assert_non_null(strstr(node_text(bad->kids[0], "what"), ": a\\b"));
	assert_int_equal(cut->n, 0);
	node_free(good);
	node_free(bad);
	node_free(cut);
	drop(&s);
}

static void
without_profile_or_ledger_the_other_rules_still_speak(void **state)
{
	struct scene s = crowd(1);

	(void)state;
	assert_true(
	    finds(&(struct check){ .order = s.order, .before = CHECK_DISPUTE },
		"no-delivery"));
	assert_false(
	    finds(&(struct check){ .order = s.order, .before = CHECK_DISPUTE },
		"no-timestamp"));
	drop(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_of_two_thousand_entries_is_told),
		cmocka_unit_test(names_are_read_as_sha256sum_writes_them),
		cmocka_unit_test(
		    without_profile_or_ledger_the_other_rules_still_speak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
