#!/usr/bin/env bats
# clang-tidy, with the checks of .clang-tidy, over every file.

load ../lib

@test "tidy: clang-tidy has nothing to say" {
	make -s -C "$repo" --keep-going tidy
}
