/* SPDX-License-Identifier: ISC */
#include "core/draft.h"

#include "core/template.h"
#include "core/util/utf8.h"
#include "core/wording.h"

#include "tests/unit/scene.h"

/* Every text deed proposes, read by its own reader, for every platform. */

#define FACTS \
	"order 2026-11-01T09:00:00Z id=FO1;native_id=38120044;buyer=anna;" \
	"title=Landing page;price=250 USD;due=2026-11-30;revisions=2;" \
	"party.name=Byron Ltd;party.address=1 High Street;excludes=hosting\n" \
	"requirement 2026-11-01T10:00:00Z label=r1;text=a page\n" \
	"delivery 2026-11-08T09:00:00Z label=d1;covers=r1;" \
	"text=The page with its form\n" \
	"submission 2026-11-08T09:01:00Z text=x\n" \
	"acceptance 2026-11-09T09:00:00Z text=Wonderful\n" \
	"revision 2026-11-10T09:00:00Z text=could you add a blog\n" \
	"change 2026-11-10T10:00:00Z label=c1;class=new;text=a blog;" \
	"price=80 USD\n" \
	"handover 2026-11-11T09:00:00Z item=source;text=the repository\n" \
	"completion 2026-11-12T09:00:00Z text=All that we agreed\n" \
	"cancellation 2026-11-13T09:00:00Z initiator=buyer;state=requested;" \
	"reason=not my taste"

static void
must_pass(const char *what, const char *text, const struct profile *p,
    const struct order *o)
{
	struct node *findings = node_list();
	int64_t limit = wording_limit(p);

	assert_non_null(text);
	assert_true(strlen(text) > 20);
	wording_check(findings, text, p, o);
	if (findings->n > 0)
		fail_msg("%s on %s: %s: %s\n%s", what, p->name,
		    node_text(findings->kids[0], "rule"),
		    node_text(findings->kids[0], "what"), text);
	assert_true(limit == 0 || strlen(text) <= (size_t)limit);
	node_free(findings);
}

static void
read_template(struct scene *s, const char *name, const struct profile *p)
{
	const struct draft_extra extra = { NULL, "80 USD", 4 };
	struct buf template = BUF_INIT, text = BUF_INIT;
	struct node *values;

	assert_ok(template_read(&template, &env, NULL, name));
	/* a sentence that this order does not call for, too */
	must_pass(name, template.data, p, s->order);
	assert_ok(draft_values(&values, s->order, name, &extra));
	template_fill(&text, template.data, values);
	must_pass(name, text.data, p, s->order);
	assert_null(strchr(text.data, '{'));
	node_free(values);
	buf_release(&template);
	buf_release(&text);
}

static void
each_text_passes_its_own_reading_on_every_platform(void **state)
{
	struct scene s = scene(FACTS);
	struct strs profiles = VEC_INIT, templates = VEC_INIT;
	char *text;

	(void)state;
	assert_ok(file_list(&profiles, "share/platforms"));
	assert_ok(file_list(&templates, "share/templates"));
	for (size_t i = 0; i < profiles.n; i++) {
		char *name =
		    mem_ndup(profiles.v[i], strcspn(profiles.v[i], "."));
		const struct profile *p;

		assert_ok(profiles_get(&p, s.profiles, name));
		for (size_t j = 0; j < templates.n; j++) {
			templates.v[j][strcspn(templates.v[j], ".")] = '\0';
			read_template(&s, templates.v[j], p);
		}
		text = draft_delivery(s.order, order_last(s.order, "delivery"));
		must_pass("deliver", text, p, s.order);
		free(text);
		text = draft_completion(
		    s.order, order_last(s.order, "completion"));
		must_pass("complete", text, p, s.order);
		free(text);
		free(name);
	}
	assert_true(profiles.n > 10 && templates.n > 7);
	strs_release(&profiles);
	strs_release(&templates);
	drop(&s);
}

/* The reader is not blind: what it must find it finds. */
static void
words_a_filter_holds_are_found(void **state)
{
	struct scene s = scene(FACTS);
	struct node *findings = node_list();
	const struct profile *p;

	(void)state;
	assert_ok(profiles_get(&p, s.profiles, "fiverr"));
	wording_check(
	    findings, "write to my email, 0123456789, or else", p, NULL);
	assert_int_equal(findings->n, 3);
	node_free(findings);
	drop(&s);
}

/* What is recorded may be long, and hold what a filter holds. */
#define LONG_FACTS \
	"order 2026-11-01T09:00:00Z id=FO1;platform=fiverr;title=see " \
	"5f1c0a9b22e4d3;price=2500000 JPY\n" \
	"requirement 2026-11-01T10:00:00Z label=r1;text=call 0123456789\n" \
	"delivery 2026-11-08T09:00:00Z label=d1;covers=r1;" \
	"text=built from commit 5f1c0a9b22e4d3f6 on 2026-11-08\n"

/* A template with what the order says in its place; yours. */
static char *
filled(const struct scene *s, const char *name)
{
	const struct draft_extra extra = { NULL, NULL, -1 };
	struct buf template = BUF_INIT, out = BUF_INIT;
	struct node *values;

	assert_ok(template_read(&template, &env, NULL, name));
	assert_ok(draft_values(&values, s->order, name, &extra));
	template_fill(&out, template.data, values);
	node_free(values);
	buf_release(&template);
	return buf_steal(&out);
}

static void
codes_in_what_is_recorded_do_not_get_into_a_text(void **state)
{
	static const char *const names[] = { "confirm", "delivery", "ticket",
		"decline", "ack" };
	struct scene s = scene(LONG_FACTS);
	char *text = draft_delivery(s.order, order_last(s.order, "delivery"));

	(void)state;
	assert_null(strstr(text, "5f1c0a9"));
	assert_null(strstr(text, "0123456789"));
	free(text);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		text = filled(&s, names[i]);
		assert_null(strstr(text, "5f1c0a9"));
		assert_null(strstr(text, "0123456789"));
		free(text);
	}
	drop(&s);
}

static void
one_blank_line_parts(char *text)
{
	assert_int_not_equal(*text, '\n');
	assert_null(strstr(text, "\n\n\n"));
	free(text);
}

static void
read_paragraphs(const char *facts)
{
	static const char *const names[] = { "confirm", "decline", "ticket",
		"ack" };
	struct scene s = scene(facts);

	one_blank_line_parts(
	    draft_delivery(s.order, order_last(s.order, "delivery")));
	one_blank_line_parts(
	    draft_completion(s.order, order_last(s.order, "completion")));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		one_blank_line_parts(filled(&s, names[i]));
	drop(&s);
}

static void
paragraphs_are_parted_by_one_blank_line_however_little_is_known(void **state)
{
	(void)state;
	read_paragraphs(FACTS);
	read_paragraphs("order 2026-11-01T09:00:00Z id=FO1\n"
			"delivery 2026-11-08T09:00:00Z label=d1\n"
			"completion 2026-11-12T09:00:00Z submitted=false");
	read_paragraphs("order 2026-11-01T09:00:00Z id=FO1\n"
			"requirement 2026-11-01T10:00:00Z label=r1;text=it\n"
			"delivery 2026-11-08T09:00:00Z label=d1;covers=r1\n"
			"completion 2026-11-12T09:00:00Z submitted=false");
}

static void
a_text_is_cut_to_the_length_of_the_box(void **state)
{
	static const char form[] =
	    "Hi {buyer},\n\nwe agreed:\n{list}\n\n{text}\n\nYours\n";
	struct node *values = node_map();
	struct buf list = BUF_INIT, words = BUF_INIT, out = BUF_INIT;

	(void)state;
	for (int i = 0; i < 100; i++) {
		buf_addf(&list, "%s- thing %d", i > 0 ? "\n" : "", i);
		buf_adds(&words, "w\xc3\xb6rter ");
	}
	node_put_str(values, "buyer", "anna");
	node_put_str(values, "list", list.data);
	node_put_str(values, "text", words.data);
	assert_false(template_fit(&out, form, values, 0));
	assert_int_equal(utf8_count(out.data), 1820);
	buf_clear(&out);
	assert_false(template_fit(&out, form, values, 1820));
	for (size_t max = 1819; max > 200; max -= 91) {
		buf_clear(&out);
		assert_true(template_fit(&out, form, values, max));
		assert_in_range(utf8_count(out.data), max / 2, max);
		assert_true(utf8_valid(out.data, out.len));
		assert_non_null(strstr(out.data, "Hi anna,"));
		assert_non_null(strstr(out.data, "\n\nYours\n"));
		assert_non_null(strstr(out.data, "- thing 0\n"));
	}
	assert_non_null(strstr(out.data, " more\n"));
	/* what cannot be cut stays, and is told by the reader of texts */
	buf_clear(&out);
	assert_true(template_fit(&out, form, values, 5));
	assert_true(utf8_count(out.data) > 5);
	node_free(values);
	buf_release(&list);
	buf_release(&words);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_text_passes_its_own_reading_on_every_platform),
		cmocka_unit_test(words_a_filter_holds_are_found),
		cmocka_unit_test(
		    codes_in_what_is_recorded_do_not_get_into_a_text),
		cmocka_unit_test(
		    paragraphs_are_parted_by_one_blank_line_however_little_is_known),
		cmocka_unit_test(a_text_is_cut_to_the_length_of_the_box),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
