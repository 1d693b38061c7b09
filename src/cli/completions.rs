//! `provisor completions`: scripts that ask the program itself what may come next, so that addresses, products, versions and
//! locations of the repo at hand are among it. Nothing is asked of a network.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::{Cli, CompletionsArgs};
use super::edge::Edge;
use super::exit::Exit;
use crate::workspace::Problem;

/// Bash breaks words at `=`, `:` and `@` as well, and replaces only what stands behind the last of these (`$2`).
const BASH: &str = r#"_provisor() {
    local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT} blank word last=-1 i
    local -a words
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blank=${line%%[!$' \t']*}
        line=${line:${#blank}}
        word=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && word=$line
        line=${line#"$word"}
        [[ $i -eq 0 || -n $blank ]] && words[++last]=
        words[last]+=$word
    done
    local is_quoted=
    [[ ${words[last]} == [\"\']* ]] && is_quoted=yes
    words=("${words[@]//[\\\"\']/}")
    local before=${words[last]%"${2//[\\\"\']/}"}
    COMPREPLY=()
    while IFS= read -r word; do
        word=${word%%$'\t'*}
        word=${word#"$before"}
        [[ -n $is_quoted || $word != *' '* ]] || printf -v word %q "$word"
        COMPREPLY+=("$word")
    done < <(provisor complete -- "${words[@]}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    return 0
}
complete -o default -F _provisor provisor
"#;

const ZSH: &str = r#"#compdef provisor
_provisor() {
    local -a lines found
    local line word help
    lines=("${(@f)$(provisor complete -- "${words[@]:0:$CURRENT}" 2>/dev/null)}")
    for line in $lines; do
        [[ -z $line ]] && continue
        word=${line%%$'\t'*}
        help=${line#*$'\t'}
        found+=("${word//:/\\:}:$help")
    done
    if (( ${#found} )); then
        _describe provisor found
    else
        _files
    fi
}
if [ "$funcstack[1]" = _provisor ]; then
    _provisor "$@"
else
    compdef _provisor provisor
fi
"#;

const FISH: &str = r#"function __provisor_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (provisor complete -- $words 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c provisor -f -a '(__provisor_complete)'
"#;

const POWERSHELL: &str = r#"Register-ArgumentCompleter -Native -CommandName provisor -ScriptBlock {
    param($word, $ast, $position)
    $words = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -le $position } | ForEach-Object { $_.ToString() })
    if ($word -eq '') { $words += '' }
    provisor complete '--' @words 2>$null | ForEach-Object {
        $parts = $_ -split "`t", 2
        $help = if ($parts.Count -gt 1 -and $parts[1]) { $parts[1] } else { $parts[0] }
        [System.Management.Automation.CompletionResult]::new($parts[0], $parts[0], 'ParameterValue', $help)
    }
}
"#;

pub fn run(args: &CompletionsArgs, edge: &Edge) -> Result<Exit, Problem> {
    let script = match args.shell {
        Shell::Bash => BASH.to_owned(),
        Shell::Zsh => ZSH.to_owned(),
        Shell::Fish => FISH.to_owned(),
        Shell::PowerShell => POWERSHELL.to_owned(),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut Cli::command(), "provisor", &mut script);
            String::from_utf8_lossy(&script).into_owned()
        }
    };
    edge.raw(&script)
}
