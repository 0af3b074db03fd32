/* SPDX-License-Identifier: ISC */
#ifndef DEED_TESTS_FUZZ_FUZZ_H
#define DEED_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/*
 * A fuzz target is tests/fuzz/NAME_fuzz.c with this function and a comment
 * that states its law; tests/fuzz/corpus/NAME/ holds what it starts from.
 * "make fuzz" runs libFuzzer on it.  As a unit test, build/.../NAME_fuzz_test,
 * it replays the corpus and some mutations, with any compiler.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A law that does not hold ends the program. */
#define LAW(X) ((X) ? (void)0 : __builtin_trap())

#endif
