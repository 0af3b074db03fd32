#!/usr/bin/env bats
# deed version.

load ../lib

setup() {
	sandbox
}

@test "version: says which deed this is" {
	run -0 --separate-stderr deed version
	[ "$output" = "deed $(cat "$repo/VERSION")" ]
	[ -z "$stderr" ]
	[ "$(deed --version)" = "$output" ]
}

@test "version: as JSON, with the format it writes" {
	run -0 --separate-stderr deed --json version
	[ "$(get .version)" = "$(cat "$repo/VERSION")" ]
	[ "$(get .format)" = 1 ]
}

@test "version: needs neither ledger, project, home nor git" {
	cd /
	run -0 env -i "$DEED" version
	[ "$output" = "deed $(cat "$repo/VERSION")" ]
}
