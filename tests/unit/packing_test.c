/* SPDX-License-Identifier: ISC */
#include <locale.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/unit/packings.h"

/* The content of a commit. */

static void
a_commit_gives_the_same_bytes_everywhere(void **state)
{
	struct place p = new_place();
	struct packed *one, *two, *three;
	mode_t mask;

	(void)state;
	shell(p.dir,
	    PROJECT
	    "echo '*.crlf text eol=crlf' >.gitattributes && "
	    "echo 'id $Format:%H %an %ct$' >subst && "
	    "echo 'subst export-subst' >>.gitattributes && "
	    "printf 'a\\nb\\n' >t.crlf && printf 'a\\r\\nb\\n' >mixed && " COMMIT
	    "git clone -q . ../elsewhere && cd ../elsewhere && "
	    "git config core.autocrlf true && git config core.eol crlf && "
	    "git config core.abbrev 8 && git config tar.umask 0077 && "
	    "echo '* text eol=crlf ident' >../attributes && "
	    "git config core.attributesFile ../attributes && "
	    "git config filter.shout.smudge 'tr a-z A-Z' && "
	    "git repack -qad && git checkout -q --detach && rm src-y");
	one = packed(&p, &(struct order){ .cwd = "project", .threads = 1 });
	setenv("TZ", "Asia/Kathmandu", 1);
	tzset();
	setlocale(LC_ALL, "C");
	mask = umask(077);
	two =
	    packed(&p, &(struct order){ .cwd = "elsewhere/src", .threads = 2 });
	umask(mask);
	unsetenv("TZ");
	tzset();
	three = packed(
	    &p, &(struct order){ .cwd = "elsewhere", .ref = "origin/main" });
	assert_string_equal(one->sha256, two->sha256);
	assert_string_equal(one->sha256, three->sha256);
	assert_string_equal(one->content, two->content);
	assert_string_equal(one->shape, two->shape);
	assert_member(&p, one, "t.crlf", "a\r\nb\r");
	assert_member(&p, one, "mixed", "a\r\nb");
	assert_clean(one);
	assert_false(node_flag(one->source, "dirty"));
	assert_true(node_flag(two->source, "dirty"));
	assert_int_equal(one->time, 1795428903);
	packed_free(three);
	packed_free(two);
	packed_free(one);
	leave(&p);
}

static void
the_content_is_what_git_archive_streams(void **state)
{
	struct place p = new_place();
	struct packed *one;
	char *digest, *unpacked, *script;

	(void)state;
	shell(p.dir,
	    PROJECT
	    "echo secret >ignored && echo 'ignored export-ignore' "
	    ">.gitattributes && echo b >'back\\slash' && " COMMIT
	    "mkdir ../from && git -c core.autocrlf=false -c core.eol=lf "
	    "-c core.attributesFile=/dev/null archive HEAD | "
	    "tar -xC ../from");
	one = packed(&p, &(struct order){ .cwd = "project" });
	digest = shell_says(p.dir,
	    "cd from && find . -type f | LC_ALL=C sort | "
	    "xargs -d '\\n' sha256sum | sha256sum | cut -c1-64");
	assert_string_equal(one->content, digest);
	script = mem_printf("mkdir to && cd to && unzip -q '%s' && "
			    "diff -r . ../from && find . -type f | "
			    "LC_ALL=C sort | xargs -d '\\n' sha256sum",
	    one->path);
	unpacked = shell_says(p.dir, script);
	buf_cut(&one->sums, one->sums.len - 1);
	assert_string_equal(one->sums.data, unpacked);
	assert_int_equal(one->files, 8);
	free(unpacked);
	free(script);
	free(digest);
	packed_free(one);
	leave(&p);
}

static void
the_source_is_named_and_how_the_work_tree_stands_to_it(void **state)
{
	struct place p = new_place();
	struct packed *one;
	char *head, *index;

	(void)state;
	shell(p.dir,
	    PROJECT "echo '*.o' >.gitignore && " COMMIT
		    "git tag v1 && echo more >>Makefile && "
		    "git commit -qam second");
	head = shell_says(p.dir, "git -C project rev-parse HEAD");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_string_equal(node_text(one->source, "commit"), head);
	assert_string_equal(node_text(one->source, "ref"), "refs/heads/main");
	assert_false(node_flag(one->source, "dirty"));
	assert_int_equal(node_number(one->source, "untracked", -1), 0);
	packed_free(one);

	shell(p.dir,
	    "cd project && echo dirt >>src-y && mkdir new && "
	    "echo n >new/n && echo m >new/m && echo o >x.o && "
	    "touch -d 2001-01-01 Makefile");
	index = shell_says(p.dir, "sha256sum <project/.git/index");
	one = packed(&p, &(struct order){ .cwd = "project", .ref = "v1" });
	assert_string_equal(node_text(one->source, "ref"), "refs/tags/v1");
	assert_true(node_flag(one->source, "dirty"));
	assert_int_equal(node_number(one->source, "untracked", -1), 2);
	assert_member(&p, one, "Makefile", "all:");
	packed_free(one);
	free(head);

	/* looking changes nothing */
	head = shell_says(p.dir, "sha256sum <project/.git/index");
	assert_string_equal(index, head);
	free(index);
	free(head);
	leave(&p);
}

static void
names_of_commits_never_become_options(void **state)
{
	struct place p = new_place();
	struct packed *one = NULL;

	(void)state;
	shell(p.dir, PROJECT COMMIT "git tag v1");
	assert_err(
	    pack(&one, &p,
		&(struct order){ .cwd = "project", .ref = "--output=/tmp/x" }),
	    ERR_INVALID, "no name of a commit");
	assert_err(pack(&one, &p,
		       &(struct order){ .cwd = "project", .ref = "v1\nHEAD" }),
	    ERR_INVALID, "no name of a commit");
	assert_err(
	    pack(&one, &p, &(struct order){ .cwd = "project", .ref = "v2" }),
	    ERR_NOT_FOUND, "there is no commit \"v2\"");
	assert_err(
	    pack(&one, &p,
		&(struct order){
		    .cwd = "project", .ref = "v1", .paths = "--output=x" }),
	    ERR_SYSTEM, "did not match");
	assert_null(one);
	leave(&p);
}

static void
without_a_commit_or_a_project_there_is_nothing_to_pack(void **state)
{
	struct place p = new_place();
	struct packed *one = NULL;

	(void)state;
	shell(p.dir,
	    "git init -q empty && mkdir plain && git init -q void && "
	    "cd void && git commit -q --allow-empty -m 0");
	assert_err(pack(&one, &p, &(struct order){ .cwd = "empty" }),
	    ERR_NOT_FOUND, "no commit");
	assert_err(pack(&one, &p, &(struct order){ .cwd = "plain" }),
	    ERR_NOT_FOUND, "in no git project");
	assert_err(pack(&one, &p, &(struct order){ .cwd = "void" }),
	    ERR_INVALID, "nothing to deliver");
	assert_err(
	    pack(&one, &p, &(struct order){ .cwd = "plain", .paths = "." }),
	    ERR_INVALID, "nothing to deliver");
	assert_null(one);
	leave(&p);
}

static void
other_filters_are_not_run_but_named(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    PROJECT "echo '*.x filter=shout' >.gitattributes && "
		    "echo 'odd filter=a=b' >>.gitattributes && "
		    "echo quiet >a.x && echo quiet >odd && mkdir other && "
		    "echo z >other/z && " COMMIT
		    "git config filter.shout.smudge 'tr a-z A-Z' && "
		    "git config filter.shout.required true && "
		    "git config 'filter.a=b.smudge' 'tr a-z A-Z' && "
		    "git config filter.proc.process false");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_member(&p, one, "a.x", "quiet");
	assert_member(&p, one, "odd", "quiet");
	assert_finding(one, "filter-driver", "warn", "a.x (shout), odd (a=b)");
	packed_free(one);

	/* only what is delivered is spoken of */
	one = packed(&p,
	    &(struct order){
		.cwd = "project", .ref = "HEAD", .paths = "other" });
	assert_names(one, "other/z|");
	assert_clean(one);
	packed_free(one);
	leave(&p);
}

#define LFS \
	"git init -q -b main project && cd project && " \
	"git config filter.lfs.clean 'git-lfs clean -- %f' && " \
	"git config filter.lfs.smudge 'git-lfs smudge -- %f' && " \
	"git config filter.lfs.process 'git-lfs filter-process' && " \
	"git config filter.lfs.required true && " \
	"echo '*.bin filter=lfs diff=lfs merge=lfs -text' >.gitattributes && "

static void
lfs_pointers_are_replaced_by_their_bytes(void **state)
{
	struct place p = new_place();
	struct packed *one;
	struct buf noise = BUF_INIT;
	char *digest;

	(void)state;
	shell(p.dir, "mkdir project");
	add_noise(&noise, 9 << 20, 1);
	put_file(p.dir, "project/long.bin", noise.data, noise.len);
	put_file(p.dir, "project/short.bin", noise.data, 100000);
	shell(p.dir,
	    LFS "echo t >text && " COMMIT
		"git cat-file blob HEAD:long.bin | grep ^oid && "
		"git config lfs.storage ../store && "
		"mv .git/lfs store && rm long.bin");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_clean(one);
	assert_names(one, ".gitattributes|long.bin|short.bin|text|");
	digest_of(noise.data, 100000, one->shape);
	digest = mem_printf("%s  ./short.bin\n", one->shape);
	assert_non_null(strstr(one->sums.data, digest));
	free(digest);
	digest_of(noise.data, noise.len, one->shape);
	digest = mem_printf("%s  ./long.bin\n", one->shape);
	assert_non_null(strstr(one->sums.data, digest));
	free(digest);
	packed_free(one);
	buf_release(&noise);
	leave(&p);
}

static void
a_pointer_without_its_bytes_blocks(void **state)
{
	struct place p = new_place();
	struct packed *one;
	char *pointer;

	(void)state;
	shell(p.dir,
	    LFS "mkdir art && seq 9999 >art/a.bin && echo b >b.bin && " COMMIT
		"git cat-file blob HEAD:art/a.bin >fixture && "
		"sed -i 's/0/1/' fixture && git add fixture && "
		"git commit -qm fixture && "
		"oid=$(git cat-file blob HEAD:art/a.bin | "
		"sed -n 's/^oid sha256://p') && "
		"rm -f art/a.bin .git/lfs/objects/*/*/$oid");
	one = packed(&p, &(struct order){ .cwd = "project" });
	/* the second where no attribute asks for LFS, as after a download */
	assert_finding(one, "lfs-missing", "block", "art/a.bin, fixture");
	assert_string_equal(
	    node_text(finding(one, "lfs-missing"), "fix"), "git lfs fetch");
	/* it is complete all the same, as far as can be */
	assert_member(&p, one, "b.bin", "b");
	pointer = member(&p, one, "art/a.bin");
	assert_int_equal(strncmp(pointer, "version https://git-lfs", 23), 0);
	free(pointer);
	packed_free(one);
	leave(&p);
}

static void
a_pointer_in_the_work_tree_blocks_too(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    LFS "mkdir art && seq 9999 >art/a.bin && echo b >b.bin && " COMMIT
		"git cat-file blob HEAD:art/a.bin >art/a.bin");
	one = packed(&p, &(struct order){ .cwd = "project", .paths = "art" });
	assert_finding(one, "lfs-missing", "block", "art/a.bin");
	assert_string_equal(
	    node_text(finding(one, "lfs-missing"), "fix"), "git lfs pull");
	packed_free(one);
	leave(&p);
}

static void
a_damaged_lfs_object_is_noticed(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    LFS "seq 99 >a.bin && " COMMIT
		"f=$(find .git/lfs/objects -type f) && "
		"chmod u+w $f && sed -i 's/42/24/' $f");
	assert_err(pack(&one, &p, &(struct order){ .cwd = "project" }),
	    ERR_MISMATCH, "a.bin is damaged");
	leave(&p);
}

static void
placeholders_that_differ_between_clones_are_found(void **state)
{
	struct place p = new_place();
	struct packed *one;
	char *head, *text;

	(void)state;
	shell(p.dir,
	    PROJECT
	    "echo '* export-subst' >.gitattributes && "
	    "echo '$Format:%H %T %P %an %ae %aI %ci%n%%$' >good && "
	    "echo '$Format:%d$' >refs && echo '$Format:%h$' >short && "
	    "echo '$Format:%aN$' >mailmap && echo '$Format:%ar$' >age && "
	    "echo '$Format:' >open && " COMMIT "true");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_finding(
	    one, "export-subst", "warn", "age, mailmap, refs, short");
	head = shell_says(p.dir, "git -C project rev-parse HEAD");
	text = member(&p, one, "short");
	assert_string_equal(text, head); /* core.abbrev is 40 */
	free(text);
	free(head);
	packed_free(one);
	leave(&p);
}

static void
attributes_only_this_clone_has_are_found(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    PROJECT COMMIT "mkdir -p .git/info && "
			   "printf '# nothing\\n\\n' "
			   ">.git/info/attributes");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_clean(one);
	packed_free(one);
	shell(p.dir,
	    "cd project && echo 'absent eol=crlf' "
	    ">>.git/info/attributes");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_clean(one);
	packed_free(one);
	shell(p.dir,
	    "cd project && echo 'src/deep/ export-ignore' "
	    ">>.git/info/attributes && "
	    "echo 'Makefile eol=crlf' >>.git/info/attributes");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_finding(one, "info-attributes", "warn", "Makefile, src/deep/");
	assert_null(strstr(one->sums.data, "src/deep/x"));
	packed_free(one);
	leave(&p);
}

static void
submodules_block_unless_they_are_included(void **state)
{
	struct place p = new_place();
	struct packed *one;

	(void)state;
	shell(p.dir,
	    "git init -q -b main inner && cd inner && echo i >i && " COMMIT
	    "cd .. && git init -q -b main outer && cd outer && "
	    "echo o >o && git -c protocol.file.allow=always submodule "
	    "--quiet add ../inner in && " COMMIT "cd .. && " PROJECT
	    "git -c protocol.file.allow=always submodule --quiet add "
	    "../outer mod && echo z >mod-z && echo d >mod.d && " COMMIT
	    "git -c protocol.file.allow=always submodule --quiet update "
	    "--init --recursive");
	one = packed(&p, &(struct order){ .cwd = "project" });
	assert_finding(one, "submodule", "block", "mod");
	assert_null(strstr(one->sums.data, "./mod/"));
	packed_free(one);

	one = packed(&p, &(struct order){ .cwd = "project", .recurse = true });
	assert_clean(one);
	assert_names(one,
	    ".gitmodules|Makefile|mod-z|mod.d|mod/.gitmodules|mod/in/i|"
	    "mod/o|src-y|src/deep/x|src/numbers|src/run.sh|"
	    "\xc3\xbcn\xc3\xaf|");
	packed_free(one);

	/* one that is not here blocks even so */
	shell(p.dir, "git -C project/mod submodule --quiet deinit -f --all");
	one = packed(&p, &(struct order){ .cwd = "project", .recurse = true });
	assert_finding(one, "submodule", "block",
	    "mod/in (not here: git submodule update --init)");
	assert_non_null(strstr(one->sums.data, "  ./mod/o\n"));
	packed_free(one);
	leave(&p);
}

/*
 * In a child, which measures its own memory: that of git, which maps objects
 * that are not packed, is git's.
 */
static void
pack_in_child(const struct place *p, const struct order *o)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0) {
		struct rusage usage;

		packed_free(packed(p, o));
		getrusage(RUSAGE_SELF, &usage);
		_exit(usage.ru_maxrss > 64 << 10);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
memory_stays_small_for_large_files_in_a_commit(void **state)
{
	struct place p;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	print_message("# skip: the sanitizer takes memory of its own\n");
	skip();
#endif
	p = new_place();
	shell(p.dir,
	    PROJECT
	    "head -c 150000000 /dev/urandom >noise && seq 9000000 >text && " COMMIT
	    "true");
	pack_in_child(&p, &(struct order){ .cwd = "project" });
	pack_in_child(&p, &(struct order){ .cwd = "project", .paths = "." });
	leave(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* first, while the process is small: a child begins as large */
		cmocka_unit_test(
		    memory_stays_small_for_large_files_in_a_commit),
		cmocka_unit_test(a_commit_gives_the_same_bytes_everywhere),
		cmocka_unit_test(the_content_is_what_git_archive_streams),
		cmocka_unit_test(
		    the_source_is_named_and_how_the_work_tree_stands_to_it),
		cmocka_unit_test(names_of_commits_never_become_options),
		cmocka_unit_test(
		    without_a_commit_or_a_project_there_is_nothing_to_pack),
		cmocka_unit_test(other_filters_are_not_run_but_named),
		cmocka_unit_test(lfs_pointers_are_replaced_by_their_bytes),
		cmocka_unit_test(a_pointer_without_its_bytes_blocks),
		cmocka_unit_test(a_pointer_in_the_work_tree_blocks_too),
		cmocka_unit_test(a_damaged_lfs_object_is_noticed),
		cmocka_unit_test(
		    placeholders_that_differ_between_clones_are_found),
		cmocka_unit_test(attributes_only_this_clone_has_are_found),
		cmocka_unit_test(submodules_block_unless_they_are_included),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
