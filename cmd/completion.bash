# bash completion for vmspy. What there is to complete, vmspy tells itself: nothing is listed here.
# shellcheck shell=bash

_vmspy_commands() {
	"$1" help --list-commands --raw --noheadings -o NAME 2>/dev/null
}

_vmspy_options() {
	"$1" help --list-options "$2" --raw --noheadings -o LETTER,OPTION 2>/dev/null |
		while read -r letter option; do
			[[ $letter == - ]] || echo "-$letter"
			echo "--$option"
		done
}

# The columns of the table that the words before choose, behind what is there of the list already.
_vmspy_columns() {
	local list=${3%"${3##*[,+]}"} word options=() table column first=

	[[ $3 != -* ]] || list=-
	for word in "${COMP_WORDS[@]:2}"; do
		case $word in
		--layout | --summary | --runs | --symbols | --clues | --stacks) options+=("$word") ;;
		--list | --each | --sharers | --huge) options+=("$word") ;;
		esac
	done
	"$1" "$2" "${options[@]}" --list-columns --raw --noheadings 2>/dev/null |
		while read -r table column _; do
			[[ ${first:=$table} != "$table" ]] || echo "$list$column"
		done
}

# What an option needs as the next word ("LIMIT"); nothing if it needs none.
_vmspy_argument() {
	"$1" help --list-options "$2" --raw --noheadings -o LETTER,OPTION,ARGUMENT 2>/dev/null |
		while read -r letter option argument; do
			if [[ $argument == [[:alpha:]]* && ($3 == "-$letter" || $3 == "--$option") ]]; then
				echo "$argument"
			fi
		done
}

# What a command takes besides options ("TARGET..."); "-": nothing.
_vmspy_operands() {
	"$1" help --list-commands --raw --noheadings -o NAME,ARGUMENTS 2>/dev/null |
		while read -r name arguments; do
			if [[ $name == "$2" ]]; then
				echo "$arguments"
			fi
		done
}

# Pids; and names, once something else than a digit was typed. Anybody can give a process any name.
_vmspy_targets() {
	local process name

	for process in /proc/[0-9]*; do
		if [[ $1 != [!0-9]* ]]; then
			echo "${process#/proc/}"
		elif IFS= read -r name <"$process/comm"; then
			printf '%q\n' "$name"
		fi
	done 2>/dev/null
}

# Keep what begins as the word being typed. Not with compgen -W: it would run $(...) in a name.
_vmspy_offer() {
	local word

	COMPREPLY=()
	while IFS= read -r word; do
		if [[ -n $word && $word == "$2"* ]]; then
			COMPREPLY+=("$word")
		fi
	done < <(sort -u <<<"$1")
}

_vmspy() {
	local program=$1 current=$2 previous=$3 command=${COMP_WORDS[1]} words

	if [[ $COMP_CWORD -gt 1 && $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $COMP_CWORD:$previous in
	1:*) words=$(_vmspy_commands "$program") ;;
	*:-o | *:--output)
		words=$(_vmspy_columns "$program" "$command" "$current")
		compopt -o nospace 2>/dev/null
		;;
	*:--sort) words=$(_vmspy_columns "$program" "$command" "$current") ;;
	*:--against) words=$(_vmspy_targets "$current") ;;
	*:--color) words=$'auto\nalways\nnever' ;;
	*:--content) words=$'all\nsample\nnone' ;;
	*)
		if [[ $current == -* ]]; then
			words=$(_vmspy_options "$program" "$command")
		elif [[ -z $(_vmspy_argument "$program" "$command" "$previous") ]]; then
			case $(_vmspy_operands "$program" "$command") in
			*COMMAND*) words=$(_vmspy_commands "$program") ;;
			*TARGET*) words=$(_vmspy_targets "$current") ;;
			esac
		fi
		;;
	esac
	_vmspy_offer "$words" "$current"
}

complete -F _vmspy vmspy
