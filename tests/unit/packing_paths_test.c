/* SPDX-License-Identifier: ISC */
#include "tests/unit/packings.h"

/* Paths, beside a commit or without one, and what none of them may be. */

static void
paths_are_packed_as_they_lie_and_named_from_here(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    PROJECT COMMIT "echo changed >src/deep/x && "
			   "mkdir -p sub/.deed/.git sub/.git && "
			   "echo g >sub/.git/config && echo u >sub/u");
	one = packed(
	    &p, &(struct order){ .cwd = "project", .paths = "src Makefile" });
	assert_names(one, "Makefile|src/deep/x|src/numbers|src/run.sh|");
	assert_member(&p, one, "src/deep/x", "changed");
	assert_null(one->source);
	assert_int_equal(one->time, 315532800);
	assert_clean(one);
	packed_free(one);

	one = packed(&p,
	    &(struct order){
		.cwd = "project/src", .paths = "./deep ../Makefile ../sub/" });
	assert_names(one, "Makefile|deep/x|sub/u|");
	packed_free(one);

	/* the whole folder, in the order of full names */
	one = packed(&p, &(struct order){ .cwd = "project", .paths = "." });
	assert_names(one,
	    "Makefile|src-y|src/deep/x|src/numbers|src/run.sh|sub/u|"
	    "\xc3\xbcn\xc3\xaf|");
	packed_free(one);
	leave(&p);
}

static void
paths_can_be_taken_from_a_commit(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    PROJECT COMMIT "git tag v1 && rm -r src src-y && "
			   "git commit -qam gone && mkdir -p src/deep");
	one = packed(&p,
	    &(struct order){
		.cwd = "project", .ref = "v1", .paths = "src src-y" });
	assert_names(one, "src-y|src/deep/x|src/numbers|src/run.sh|");
	assert_string_equal(node_text(one->source, "ref"), "refs/tags/v1");
	assert_int_equal(one->time, 1795428903);
	packed_free(one);

	one = packed(&p,
	    &(struct order){ .cwd = "project/src/deep",
		.ref = "v1",
		.paths = ". ../../src-y ../run.sh" });
	assert_names(one, "run.sh|src-y|x|");
	packed_free(one);

	assert_err(pack(&one, &p,
		       &(struct order){
			   .cwd = "project", .ref = "v1", .paths = "../temp" }),
	    ERR_INVALID, "outside of the project");
	/* a pattern is a name like any other */
	assert_err(
	    pack(&one, &p,
		&(struct order){ .cwd = "project", .ref = "v1", .paths = "*" }),
	    ERR_SYSTEM, "did not match");
	leave(&p);
}

static void
files_can_be_added_beside_either(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    PROJECT COMMIT "mkdir -p build/out && "
			   "echo b >build/out/prog && echo n >notes");
	one = packed(
	    &p, &(struct order){ .cwd = "project", .adds = "build/out notes" });
	assert_names(one,
	    "Makefile|build/out/prog|notes|src-y|src/deep/x|src/numbers|"
	    "src/run.sh|\xc3\xbcn\xc3\xaf|");
	assert_non_null(one->source);
	packed_free(one);

	one = packed(&p,
	    &(struct order){
		.cwd = "project/build", .paths = "out", .adds = "../notes" });
	assert_names(one, "notes|out/prog|");
	assert_null(one->source);
	packed_free(one);
	leave(&p);
}

static void
a_name_given_twice_is_refused(void **state)
{
	struct place p = new_place();
	struct packed *one = NULL;

	(void)state;
	shell(p.dir,
	    PROJECT COMMIT "mkdir -p other && echo o >other/Makefile "
			   "&& echo f >other/src");
	assert_err(
	    pack(&one, &p,
		&(struct order){ .cwd = "project", .paths = "src src/run.sh" }),
	    ERR_INVALID, "src/run.sh would be in the archive twice");
	assert_err(pack(&one, &p,
		       &(struct order){ .cwd = "project", .adds = "Makefile" }),
	    ERR_INVALID, "Makefile would be in the archive twice");
	assert_err(pack(&one, &p,
		       &(struct order){
			   .cwd = "project/other", .paths = "../src src" }),
	    ERR_INVALID, "src would be in the archive as a file and");
	assert_null(one);
	leave(&p);
}

static void
links_stay_inside_or_are_refused(void **state)
{
	static const char *const outside[] = { "/etc/passwd", "../../../x",
		"a/../../../x", "sub/../../..", "x/../y" };
	struct place p = new_place();
	struct packed *one = NULL;
	char *said, *script;

	(void)state;
	shell(p.dir,
	    PROJECT "ln -s ../Makefile src/up && ln -s src s && "
		    "ln -s run.sh src/same && " COMMIT "true");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_finding(one, "symlink", "warn", "s, src/same, src/up");
	assert_int_equal(one->files, 6);
	script = mem_printf("mkdir to && cd to && unzip -q '%s' && "
			    "readlink s src/up src/same && test -x src/run.sh",
	    one->path);
	said = shell_says(p.dir, script);
	assert_string_equal(said, "src\n../Makefile\nrun.sh");
	free(said);
	free(script);
	packed_free(one);

	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		script =
		    mem_printf("cd project && ln -sfn '%s' src/deep/bad && "
			       "git add -A && git commit -qm bad",
			outside[i]);
		shell(p.dir, script);
		free(script);
		assert_err(pack(&one, &p, &(struct order){ .cwd = "project" }),
		    ERR_INVALID, "src/deep/bad is a symbolic link to");
		assert_err(
		    pack(&one, &p,
			&(struct order){ .cwd = "project", .paths = "src" }),
		    ERR_INVALID, "src/deep/bad is a symbolic link to");
	}
	leave(&p);
}

static void
names_no_archive_may_have_are_refused(void **state)
{
	struct place p = new_place();
	struct packed *one = NULL;

	(void)state;
	shell(p.dir,
	    "git init -q lf && cd lf && echo x >\"$(printf 'a\\nb')\" "
	    "&& " COMMIT "cd .. && git init -q bytes && cd bytes && "
	    "echo x >\"$(printf 'a\\377b')\" && " COMMIT
	    "cd .. && mkdir pipe && mkfifo pipe/p && "
	    "mkdir plain && echo x >\"$(printf 'plain/a\\rb')\"");
	assert_err(pack(&one, &p, &(struct order){ .cwd = "lf" }), ERR_INVALID,
	    "control");
	assert_err(pack(&one, &p, &(struct order){ .cwd = "bytes" }),
	    ERR_INVALID, "not UTF-8");
	assert_err(
	    pack(&one, &p, &(struct order){ .cwd = "plain", .paths = "." }),
	    ERR_INVALID, "control");
	assert_err(
	    pack(&one, &p, &(struct order){ .cwd = "pipe", .paths = "." }),
	    ERR_INVALID, "neither a file");
	assert_err(
	    pack(&one, &p, &(struct order){ .cwd = "pipe", .paths = "q" }),
	    ERR_NOT_FOUND, "pipe/q");
	/* an empty one, of a variable that is not set, is not "." */
	assert_err(
	    pack(&one, &p, &(struct order){ .cwd = "plain", .paths = " " }),
	    ERR_INVALID, "a path is empty");
	assert_err(
	    pack(&one, &p,
		&(struct order){ .cwd = "bytes", .ref = "HEAD", .paths = " " }),
	    ERR_INVALID, "a path is empty");
	assert_err(
	    pack(&one, &p,
		&(struct order){ .cwd = ".", .paths = "temp", .adds = " " }),
	    ERR_INVALID, "a path is empty");
	assert_null(one);
	leave(&p);
}

static void
secrets_are_found_before_they_leave(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    PROJECT "echo DB=1 >.env && echo DB= >.env.example && "
		    "ssh-keygen -q -t ed25519 -N '' -f key && "
		    "echo 'aws = AKIA''IOSFODNN7EXAMPLE' >src/conf && " COMMIT
		    "true");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_finding(one, "secret", "warn",
	    ".env (by its name), key (a private key), "
	    "src/conf (an AWS access key)");
	packed_free(one);
	leave(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    paths_are_packed_as_they_lie_and_named_from_here),
		cmocka_unit_test(paths_can_be_taken_from_a_commit),
		cmocka_unit_test(files_can_be_added_beside_either),
		cmocka_unit_test(a_name_given_twice_is_refused),
		cmocka_unit_test(links_stay_inside_or_are_refused),
		cmocka_unit_test(names_no_archive_may_have_are_refused),
		cmocka_unit_test(secrets_are_found_before_they_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
