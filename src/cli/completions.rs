//! `provisor completions`: scripts that ask the program itself what may come next, so that addresses, products, versions and
//! locations of the repo at hand are among it. Nothing is asked of a network.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::{Cli, CompletionsArgs};
use super::edge::Edge;
use super::exit::Exit;
use crate::workspace::Problem;

const BASH: &str = r#"_provisor() {
    local IFS=$'\n'
    local words=("${COMP_WORDS[@]:0:$COMP_CWORD}" "${COMP_WORDS[$COMP_CWORD]}")
    COMPREPLY=($(provisor complete -- "${words[@]}" 2>/dev/null | cut -f1))
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    type __ltrim_colon_completions &>/dev/null && __ltrim_colon_completions "${COMP_WORDS[$COMP_CWORD]}"
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
