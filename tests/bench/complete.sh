#!/bin/sh
# complete.sh SHELL ROUNDS LINE: how long SHELL takes to complete LINE, in
# milliseconds, once a line.  deed is on PATH; the shell's own start is not in it.
set -eu
shell=$1 rounds=$2 line=$3

case $shell in
bash)
	# shellcheck disable=SC2016 # bash expands it
	exec bash --norc -c '
		source <(deed completion bash)
		read -ra COMP_WORDS <<<"$2"
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		for ((i = 0; i < $1; i++)); do
			start=$EPOCHREALTIME
			_deed
			end=$EPOCHREALTIME
			[ "${#COMPREPLY[@]}" -gt 0 ] && echo "$(((${end/./} - ${start/./}) / 1000))"
		done' bash "$rounds" "$line"
	;;
fish)
	# shellcheck disable=SC2016 # fish expands it
	exec fish --no-config -c '
		deed completion fish | source
		for i in (seq $argv[1])
			set -l start (date +%s%N)
			set -l found (complete -C $argv[2])
			set -l end (date +%s%N)
			test (count $found) -gt 0; and math -s0 "($end - $start) / 1000000"
		end' -- "$rounds" "$line"
	;;
zsh)
	# completion lives in the line editor: type the line on a terminal of its own
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	cat >"$folder/within.zsh" <<-END_OF_ZSH
		PS1=
		stty -ixon
		zmodload zsh/datetime
		autoload -Uz compinit
		compinit -u -d "$folder/dump"
		source <(deed completion zsh)
		start() { begun=\$EPOCHREALTIME; zle expand-or-complete; took=\$((int((EPOCHREALTIME - begun) * 1000))) }
		tell() { print -r -- "TOOK<\$took>\$BUFFER"; zle kill-buffer }
		zmodload zsh/mathfunc
		zle -N start
		zle -N tell
		bindkey '^X' start
		bindkey '^T' tell
		print -r -- "RE""ADY"
	END_OF_ZSH
	cat >"$folder/type.zsh" <<-'END_OF_ZSH'
		zmodload zsh/zpty
		zpty z zsh -f -i
		zpty -w z "source $1"
		zpty -r -m z seen '*READY*'
		for ((i = 0; i < $2; i++)); do
			zpty -w -n z "$3"$'\x18\x14'
			zpty -r -m z seen '*TOOK<*>*'
			seen=${seen##*TOOK<}
			print -r -- ${seen%%>*}
		done
		zpty -d z
	END_OF_ZSH
	timeout 60 zsh -f "$folder/type.zsh" "$folder/within.zsh" "$rounds" "$line"
	;;
esac
