/* SPDX-License-Identifier: ISC */
#include "core/draft.h"

#include "core/template.h"
#include "core/wording.h"

#include "tests/unit/scene.h"

/* Every text deed proposes, read by its own reader, for every platform. */

#define FACTS \
	"order 2026-11-01T09:00:00Z id=FO1;native_id=FO1;buyer=anna;" \
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
must_pass(const char *what, const char *text, const struct profile *p)
{
	struct node *findings = node_list();
	int64_t limit = wording_limit(p);

	assert_non_null(text);
	assert_true(strlen(text) > 20);
	wording_check(findings, text, p);
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
	assert_ok(draft_values(&values, s->order, name, &extra));
	template_fill(&text, template.data, values);
	must_pass(name, text.data, p);
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
		must_pass("deliver", text, p);
		free(text);
		text = draft_completion(
		    s.order, order_last(s.order, "completion"));
		must_pass("complete", text, p);
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
	wording_check(findings, "write to my email, 0123456789, or else", p);
	assert_int_equal(findings->n, 3);
	node_free(findings);
	drop(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_text_passes_its_own_reading_on_every_platform),
		cmocka_unit_test(words_a_filter_holds_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
