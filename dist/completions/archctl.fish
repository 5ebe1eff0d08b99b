# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_archctl_global_optspecs
    string join \n h/help V/version
end

function __fish_archctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_archctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_archctl_using_subcommand
    set -l cmd (__fish_archctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c archctl -n "__fish_archctl_needs_command" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_needs_command" -s V -l version -d 'Print version'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "key" -d 'Make and show keys'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "root" -d 'Make, show, sign and renew trust roots'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "policy" -d 'Check, explain and sign policies'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "job" -d 'Write, sign, check and follow jobs'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "ledger" -d 'Read, prove and verify ledgers'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "bundle" -d 'Take a job\'s run to somebody else, who checks it without the node'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "circuit" -d 'List, check, take in and hand out circuits and their keys'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "proof" -d 'Check proofs that circuits are about'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "dispute" -d 'Read, judge and carry disputes about products'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "status" -d 'Say how the node is'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "doctor" -d 'Look whether this machine can run the agent well, and whether an agent would start here'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "demo" -d 'Show everything on this machine: jobs verified, run, anchored, proved, refused and survived'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "explain" -d 'Say what a code such as ARCH-P003 means and what to do'
complete -c archctl -n "__fish_archctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand key; and not __fish_seen_subcommand_from generate show help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand key; and not __fish_seen_subcommand_from generate show help" -f -a "generate" -d 'Make a key pair and keep it under a passphrase'
complete -c archctl -n "__fish_archctl_using_subcommand key; and not __fish_seen_subcommand_from generate show help" -f -a "show" -d 'Print the public keys of a key file; needs no passphrase'
complete -c archctl -n "__fish_archctl_using_subcommand key; and not __fish_seen_subcommand_from generate show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l kind -d '`ed25519`, `ml-dsa-44`, or `hybrid` (one of each, both must sign)' -r
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l out -d 'Where to write the key file; an existing file is never overwritten' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l plain -d 'Keep the key readable by anybody who can read the file; for nodes and tests'
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "generate" -d 'Make a key pair and keep it under a passphrase'
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print the public keys of a key file; needs no passphrase'
complete -c archctl -n "__fish_archctl_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand root; and not __fish_seen_subcommand_from new show sign rotate help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand root; and not __fish_seen_subcommand_from new show sign rotate help" -f -a "new" -d 'Make a trust root: who may sign roots, policies and jobs, and how many of them must'
complete -c archctl -n "__fish_archctl_using_subcommand root; and not __fish_seen_subcommand_from new show sign rotate help" -f -a "show" -d 'Print what a root says: its digest, its life, whose keys it knows and what they may sign'
complete -c archctl -n "__fish_archctl_using_subcommand root; and not __fish_seen_subcommand_from new show sign rotate help" -f -a "sign" -d 'Sign a root or a revocation; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand root; and not __fish_seen_subcommand_from new show sign rotate help" -f -a "rotate" -d 'Make the next version of a root, signed by the old signers and the new ones'
complete -c archctl -n "__fish_archctl_using_subcommand root; and not __fish_seen_subcommand_from new show sign rotate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l name -d 'The root\'s name' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l root -d 'Who answers for this root; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l policy -d 'Who may sign policies; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l jobs -d 'Who may sign jobs; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l threshold -d 'How many of a role must sign, such as `root=2`; 1 if not given' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l days -d 'How long it is valid, in days' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l out -d 'Where to write it; an existing file is never overwritten' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from sign" -l key -d 'Key file to sign with; may be given several times' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from sign" -l out -d 'Write to a new file instead of adding the signatures to the document\'s own' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from sign" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from sign" -l dsse -d 'Write a DSSE envelope, which tools that know nothing of us can check; needs `--out`'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from sign" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from sign" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -l add -d 'Let a signer sign for a role, written `ROLE=[ID=]KEY`' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -l remove -d 'Take a key out, by its id' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -l threshold -d 'How many of a role must sign, such as `root=2`' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -l key -d 'Key file to sign with, of the old or the new signers; may be given several times' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -l days -d 'How long the next version is valid, in days' -r
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -l out -d 'Where to write it; an existing file is never overwritten' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from help" -f -a "new" -d 'Make a trust root: who may sign roots, policies and jobs, and how many of them must'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print what a root says: its digest, its life, whose keys it knows and what they may sign'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from help" -f -a "sign" -d 'Sign a root or a revocation; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Make the next version of a root, signed by the old signers and the new ones'
complete -c archctl -n "__fish_archctl_using_subcommand root; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and not __fish_seen_subcommand_from check explain sign help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and not __fish_seen_subcommand_from check explain sign help" -f -a "check" -d 'Say whether a policy is one; with a root also whether its signatures suffice'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and not __fish_seen_subcommand_from check explain sign help" -f -a "explain" -d 'Say in words what a policy allows, rule by rule, each with its place in the file'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and not __fish_seen_subcommand_from check explain sign help" -f -a "sign" -d 'Sign a policy; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and not __fish_seen_subcommand_from check explain sign help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l root -d 'Also check signatures and time against this trust root' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from explain" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from sign" -l key -d 'Key file to sign with; may be given several times' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from sign" -l out -d 'Write to a new file instead of adding the signatures to the document\'s own' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from sign" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from sign" -l dsse -d 'Write a DSSE envelope, which tools that know nothing of us can check; needs `--out`'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from sign" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from sign" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "check" -d 'Say whether a policy is one; with a root also whether its signatures suffice'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Say in words what a policy allows, rule by rule, each with its place in the file'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "sign" -d 'Sign a policy; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "new" -d 'Write a job that is ready to be signed: a fresh nonce, a life from now on, every digest filled in'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "sign" -d 'Sign a job; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "verify" -d 'Say whether a job is well formed and signed by enough of the right people, now'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "plan" -d 'Say what an agent would do with a job, check by check, each with its evidence; runs nothing'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "submit" -d 'Hand a signed job to the running agent; the same as putting it into its jobs folder'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "list" -d 'List the jobs that the agent knows, newest first'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "show" -d 'Show all that is known of one job'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "logs" -d 'Print what a job wrote to standard output; its standard error goes to ours'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "cancel" -d 'Stop a job that waits or runs'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "release" -d 'Let a quarantined result out, after you looked at it'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "reject" -d 'Throw a result away that cannot be relied upon, quarantined, disputed or dead, after you looked at it'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "retry" -d 'Have a dead letter tried again: a job whose runs gave different results'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "replay" -d 'Run an ended job again from the archive and compare; changes nothing'
complete -c archctl -n "__fish_archctl_using_subcommand job; and not __fish_seen_subcommand_from new sign verify plan submit list show logs cancel release reject retry replay help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l image -d 'The wasm module or component that it runs' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l matrix -d 'Instead of a module: the matrices A and B, each a .npy file, or a tensor of a safetensors file as FILE#TENSOR' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l format -d 'How numbers are held: `i8`, `i16`, or for floats `q7` and `q7/i16`, with the power of two; `q9*q5` has one for A and one for B' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l shards -d 'How many executors share the product: 1, or a multiple of 3, of 6 with mirrors' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l splits -d 'Into how many parts rows, columns and depth are cut, such as `3,4,5`' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l owner -d 'Who answers for the job, such as `user:ada`' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l arg -d 'An argument for the guest; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l grant -d 'A grant, such as `read:/srv/data`, `write:/srv/out` or `egress:443`; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l input -d 'A file that the guest sees as /in/NAME; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l output -d 'A file that the guest writes as /out/NAME, or `stdout`; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l cpu -d 'Processors, such as `1` or `500m`' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l memory -d 'Memory of the guest' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l timeout -d 'Time from start to end' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l hours -d 'How long the job may be accepted, in hours; at most 30 days' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l out -d 'Where to write it; an existing file is never overwritten. NAME.yaml if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l mirrors -d 'Give each shard a second one that does the same and stands in for it: twice the work'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from sign" -l key -d 'Key file to sign with; may be given several times' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from sign" -l out -d 'Write to a new file instead of adding the signatures to the document\'s own' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from sign" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from sign" -l dsse -d 'Write a DSSE envelope, which tools that know nothing of us can check; needs `--out`'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from sign" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from sign" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from verify" -l root -d 'Believe this trust root' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from verify" -l config -d 'Believe the root of this agent\'s configuration folder' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from verify" -l state -d 'Folder with the agent\'s ledger and its revocations in force, to go with `--config`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from plan" -l config -d 'Folder with root.yaml, policy.yaml and node.yaml' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from plan" -l state -d 'Folder with the ledger, which knows what was accepted before; skipped if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from plan" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from plan" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from submit" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from submit" -l config -d 'Folder with root.yaml, policy.yaml, node.yaml, jobs/ and modules/' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from submit" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from submit" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from submit" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from list" -l only -d 'Only jobs in this state, such as `running` or `refused`' -r
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from list" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from list" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from show" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from show" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from logs" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from logs" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from logs" -l stderr -d 'Print standard error alone, to standard output'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from logs" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from cancel" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from cancel" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from cancel" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from release" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from release" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from release" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from release" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from reject" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from reject" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from reject" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from reject" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from retry" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from retry" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from retry" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from replay" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from replay" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from replay" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from replay" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "new" -d 'Write a job that is ready to be signed: a fresh nonce, a life from now on, every digest filled in'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "sign" -d 'Sign a job; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Say whether a job is well formed and signed by enough of the right people, now'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "plan" -d 'Say what an agent would do with a job, check by check, each with its evidence; runs nothing'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "submit" -d 'Hand a signed job to the running agent; the same as putting it into its jobs folder'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the jobs that the agent knows, newest first'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show all that is known of one job'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "logs" -d 'Print what a job wrote to standard output; its standard error goes to ours'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'Stop a job that waits or runs'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "release" -d 'Let a quarantined result out, after you looked at it'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "reject" -d 'Throw a result away that cannot be relied upon, quarantined, disputed or dead, after you looked at it'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "retry" -d 'Have a dead letter tried again: a job whose runs gave different results'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "replay" -d 'Run an ended job again from the archive and compare; changes nothing'
complete -c archctl -n "__fish_archctl_using_subcommand job; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and not __fish_seen_subcommand_from show prove verify export help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and not __fish_seen_subcommand_from show prove verify export help" -f -a "show" -d 'Print entries, oldest first'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and not __fish_seen_subcommand_from show prove verify export help" -f -a "prove" -d 'Print the proof that an entry is in the log, or that the log only appended'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and not __fish_seen_subcommand_from show prove verify export help" -f -a "verify" -d 'Check every byte of a ledger, or one receipt; needs no agent and no network'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and not __fish_seen_subcommand_from show prove verify export help" -f -a "export" -d 'Copy what stock transparency-log tools read: checkpoint, tiles and keys (C2SP tlog-tiles)'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and not __fish_seen_subcommand_from show prove verify export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from show" -l entry -d 'Only this entry' -r
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from show" -l job -d 'Only entries about this job: its digest, or its first digits' -r
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from show" -l last -d 'Only the newest so many' -r
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from show" -l raw -d 'With `--entry`: the exact bytes that are hashed, without a line end'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from show" -l keys -d 'Print the verifier keys that the ledger names, one a line, instead of entries'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l job -d 'The end of this job instead, or the newest entry about it: its digest, or its first digits' -r
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l from -d 'That the log only appended to its own tree of so many entries' -r
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l since -d 'That it only appended to the tree of this older checkpoint; refused if it did not' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l ledger -d 'The ledger\'s folder, or the state folder that it is in' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l bare -d 'Leave the entry out of the receipt'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from prove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l receipt -d 'Check this receipt instead of a ledger; needs `--key`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l entry -d 'The entry that the receipt is about, if it is not in the receipt' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l consistent-with -d 'Also check that it only appended to this older checkpoint, which somebody kept elsewhere' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l proof -d 'Check this consistency proof instead of a ledger; needs `--consistent-with` and `--key`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l key -d 'A verifier key that must have signed, `NAME+ID+KEY` or a file of such lines; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from export" -l out -d 'Where to put the copy; must be new or empty' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print entries, oldest first'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "prove" -d 'Print the proof that an entry is in the log, or that the log only appended'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check every byte of a ledger, or one receipt; needs no agent and no network'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "export" -d 'Copy what stock transparency-log tools read: checkpoint, tiles and keys (C2SP tlog-tiles)'
complete -c archctl -n "__fish_archctl_using_subcommand ledger; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and not __fish_seen_subcommand_from pack verify help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and not __fish_seen_subcommand_from pack verify help" -f -a "pack" -d 'Put all that belongs to an ended job into one folder: document, module, inputs, outputs, proofs'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and not __fish_seen_subcommand_from pack verify help" -f -a "verify" -d 'Check every byte of a job\'s bundle; needs no node, no ledger and no network'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and not __fish_seen_subcommand_from pack verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from pack" -l out -d 'The folder to make; it must not exist' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from pack" -l state -d 'Folder with the node\'s ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from pack" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from pack" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from verify" -l key -d 'A verifier key of the node\'s ledger, `NAME+ID+KEY` or a file of such lines; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from verify" -l root -d 'Also check the document\'s signatures by this trust root, for the time of its acceptance' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from help" -f -a "pack" -d 'Put all that belongs to an ended job into one folder: document, module, inputs, outputs, proofs'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check every byte of a job\'s bundle; needs no node, no ledger and no network'
complete -c archctl -n "__fish_archctl_using_subcommand bundle; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and not __fish_seen_subcommand_from list show verify import export help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and not __fish_seen_subcommand_from list show verify import export help" -f -a "list" -d 'List the circuits with their status and kind of key; with a policy, also which are pinned'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and not __fish_seen_subcommand_from list show verify import export help" -f -a "show" -d 'Show all that the manifest says of a circuit; with a policy, also whether its key is pinned'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and not __fish_seen_subcommand_from list show verify import export help" -f -a "verify" -d 'Lay the rows of circuits down and check them and their keys'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and not __fish_seen_subcommand_from list show verify import export help" -f -a "import" -d 'Take in the key that a ceremony made, as a new version of its circuit'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and not __fish_seen_subcommand_from list show verify import export help" -f -a "export" -d 'Write a circuit for iden3\'s tools: rows, key to check with, key to prove with'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and not __fish_seen_subcommand_from list show verify import export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from list" -l policy -d 'Go by the keys that this signed policy pins; needs `--root` or `--config`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from list" -l root -d 'The trust root whose signers must have signed the policy' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from list" -l config -d 'The same by the root of this agent\'s configuration folder' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from list" -l state -d 'Folder with the agent\'s ledger, which knows whether a newer policy was in force, to go with `--config`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from list" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from show" -l version -d 'Its version; without it, the one in use' -r
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from show" -l policy -d 'Go by the keys that this signed policy pins; needs `--root` or `--config`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from show" -l root -d 'The trust root whose signers must have signed the policy' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from show" -l config -d 'The same by the root of this agent\'s configuration folder' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from show" -l state -d 'Folder with the agent\'s ledger, which knows whether a newer policy was in force, to go with `--config`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from show" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from verify" -l version -d 'Its version; without it, the one in use' -r
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from verify" -l keys -d 'Also check the keys to prove with: those in this folder, dev keys by making them anew' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from verify" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from import" -l zkey -d 'The file that the last contribution left' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from import" -l powers -d 'The powers of tau that the ceremony began with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from import" -l snarkjs -d 'The program that verifies the ceremony' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from import" -l out -d 'A new folder for the manifest and the key to prove with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from import" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from import" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from export" -l version -d 'Its version; without it, the one in use' -r
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from export" -l out -d 'A new folder for the files' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from export" -l keys -d 'Where keys to prove with lie; a dev key is made if it does not' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from export" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from export" -l zkey -d 'Also write the key to prove with, as `circuit.zkey`'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from export" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the circuits with their status and kind of key; with a policy, also which are pinned'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show all that the manifest says of a circuit; with a policy, also whether its key is pinned'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Lay the rows of circuits down and check them and their keys'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from help" -f -a "import" -d 'Take in the key that a ceremony made, as a new version of its circuit'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write a circuit for iden3\'s tools: rows, key to check with, key to prove with'
complete -c archctl -n "__fish_archctl_using_subcommand circuit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and not __fish_seen_subcommand_from verify export help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and not __fish_seen_subcommand_from verify export help" -f -a "verify" -d 'Check a proof; needs no node, no ledger and no network'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and not __fish_seen_subcommand_from verify export help" -f -a "export" -d 'Write a proof for snarkjs and for a contract'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and not __fish_seen_subcommand_from verify export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l public -d 'The public numbers of a proof by snarkjs: its `public.json`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l circuit -d 'The circuit of a proof by snarkjs' -r
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l version -d 'Its version; without it, the one in use' -r
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l pin -d 'The SHA-256 that the circuit\'s key must have; beside a policy, the same that it pins' -r
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l policy -d 'Go by the keys that this signed policy pins; needs `--root` or `--config`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l root -d 'The trust root whose signers must have signed the policy' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l config -d 'The same by the root of this agent\'s configuration folder' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l state -d 'Folder with the agent\'s ledger, which knows whether a newer policy was in force, to go with `--config`' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l allow-dev-keys -d 'Also believe a key that anybody can forge with, or whose ceremony nobody verified: for trying things out'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from export" -l out -d 'A new folder for the files' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from export" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from export" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check a proof; needs no node, no ledger and no network'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write a proof for snarkjs and for a contract'
complete -c archctl -n "__fish_archctl_using_subcommand proof; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "list" -d 'List the disputes in a node\'s ledger, oldest first'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "show" -d 'Tell what happened in a dispute: who claimed what, where they part, and who is at fault by what'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "replay" -d 'Judge a dispute once more, from ledger and archive alone, and hold what the ledger says against it'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "book" -d 'Print who has staked and lost what: the settlement book, from the ledger\'s first entry on'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "export" -d 'Take a dispute, or a job\'s commitments, along: all that it is judged by, in a new folder'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "import" -d 'Hand messages of disputes to the running agent, in the order in which they are given'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "commit" -d 'Sign what one\'s own product holds, by files alone: a commitment of the same part as a line of the list'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "challenge" -d 'Sign that another\'s leaf is wrong, by files alone: the first leaf in which one\'s own product differs'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "reply" -d 'Sign what the holder of a key has to say next as a party, by files alone'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "rule" -d 'Sign the verdict of the judge whose turn it is, by files alone'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and not __fish_seen_subcommand_from list show replay book export import commit challenge reply rule help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from list" -l state -d 'Folder with the node\'s ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from list" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from list" -l now -d 'The time to look at it, such as 2026-11-26T12:00:00Z; without it, the clock\'s' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from show" -l state -d 'Folder with the node\'s ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from show" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from show" -l now -d 'The time to look at it, such as 2026-11-26T12:00:00Z; without it, the clock\'s' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from replay" -l key -d 'A verifier key that the ledger must have, `NAME+ID+KEY` or a file of such lines; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from replay" -l state -d 'Folder with the node\'s ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from replay" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from replay" -l now -d 'The time to look at it, such as 2026-11-26T12:00:00Z; without it, the clock\'s' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from replay" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from book" -l state -d 'Folder with the node\'s ledger' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from book" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from book" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from export" -l job -d 'The commitments to this job\'s product instead: its digest, or its first digits' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from export" -l out -d 'The folder to make; it must not exist' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from export" -l state -d 'Folder with the node\'s ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from export" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from export" -l now -d 'The time to look at it, such as 2026-11-26T12:00:00Z; without it, the clock\'s' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from export" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from import" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from import" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from import" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -l from -d 'The folder that `archctl dispute export` wrote' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -l ledger-key -d 'A verifier key of the ledger, `NAME+ID+KEY` or a file of such lines, to check the folder\'s receipt with; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -l key -d 'Key file to sign with; of a hybrid one, the key that is asked for signs' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -l out -d 'Write the message to a new file instead of printing it' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -l product -d 'One\'s own C, or the part of it alone: a .npy file of int32 or int64; where the list has digests of tiles committed to, those of it are made as well, which takes its time' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -l like -d 'The same part as this line of the list, from 0; `report.md` has them with their numbers' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -l part -d 'This part: `row:0`, `column:1`, `reduction:0`, or `rest:0,1,0`' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from commit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l from -d 'The folder that `archctl dispute export` wrote' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l ledger-key -d 'A verifier key of the ledger, `NAME+ID+KEY` or a file of such lines, to check the folder\'s receipt with; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l key -d 'Key file to sign with; of a hybrid one, the key that is asked for signs' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l out -d 'Write the message to a new file instead of printing it' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l commit -d 'One\'s own commitment, as it was signed' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l product -d 'The product that it commits to: a .npy file of int32 or int64' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l a -d 'A: a .npy file, or with `--a-tensor` a safetensors file' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l b -d 'B, likewise' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l a-tensor -d 'The tensor of A' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l b-tensor -d 'The tensor of B' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l against -d 'Against this line of the list, from 0; `report.md` has them with their numbers' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l theirs -d 'The product that was given out, or that line\'s part of it: a .npy file of int32 or int64' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l leaves -d 'The hashes of its leaves, in place of the product; without either, `leaves.json` of the folder' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l resolver -d 'How the step is settled, `groth16` or `reveal`; without it, the first way that is agreed upon' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -l now -d 'The time to look at it, such as 2026-11-26T12:00:00Z; without it, the clock\'s' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from challenge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l from -d 'The folder that `archctl dispute export` wrote' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l ledger-key -d 'A verifier key of the ledger, `NAME+ID+KEY` or a file of such lines, to check the folder\'s receipt with; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l key -d 'Key file to sign with; of a hybrid one, the key that is asked for signs' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l out -d 'Write the message to a new file instead of printing it' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l product -d 'The product that one committed to: a .npy file of int32 or int64' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l a -d 'A: a .npy file, or with `--a-tensor` a safetensors file' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l b -d 'B, likewise' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l a-tensor -d 'The tensor of A' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l b-tensor -d 'The tensor of B' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l keys -d 'The folder of keys to prove with, as `archctl circuit import` wrote it' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l now -d 'The time to look at it, such as 2026-11-26T12:00:00Z; without it, the clock\'s' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l concede -d 'As respondent: say that one\'s own leaf is wrong'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -l show -d 'Show the step instead of proving it, where that is agreed upon'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from reply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l from -d 'The folder that `archctl dispute export` wrote' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l ledger-key -d 'A verifier key of the ledger, `NAME+ID+KEY` or a file of such lines, to check the folder\'s receipt with; may be given several times' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l key -d 'Key file to sign with; of a hybrid one, the key that is asked for signs' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l passphrase-file -d 'Read the passphrase from the first line of this file instead of asking' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l out -d 'Write the message to a new file instead of printing it' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l a -d 'A: a .npy file, or with `--a-tensor` a safetensors file' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l b -d 'B, likewise' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l a-tensor -d 'The tensor of A' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l b-tensor -d 'The tensor of B' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l manifest -d 'The manifest of circuits; without it, the one that this program was built with' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -l now -d 'The time to look at it, such as 2026-11-26T12:00:00Z; without it, the clock\'s' -r
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from rule" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the disputes in a node\'s ledger, oldest first'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "show" -d 'Tell what happened in a dispute: who claimed what, where they part, and who is at fault by what'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "replay" -d 'Judge a dispute once more, from ledger and archive alone, and hold what the ledger says against it'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "book" -d 'Print who has staked and lost what: the settlement book, from the ledger\'s first entry on'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "export" -d 'Take a dispute, or a job\'s commitments, along: all that it is judged by, in a new folder'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "import" -d 'Hand messages of disputes to the running agent, in the order in which they are given'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "commit" -d 'Sign what one\'s own product holds, by files alone: a commitment of the same part as a line of the list'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "challenge" -d 'Sign that another\'s leaf is wrong, by files alone: the first leaf in which one\'s own product differs'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "reply" -d 'Sign what the holder of a key has to say next as a party, by files alone'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "rule" -d 'Sign the verdict of the judge whose turn it is, by files alone'
complete -c archctl -n "__fish_archctl_using_subcommand dispute; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand status" -l socket -d 'The agent\'s control socket; found under `--state` if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand status" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand status" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand status" -l watch -d 'Say it again whenever something changed, until interrupted'
complete -c archctl -n "__fish_archctl_using_subcommand status" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand doctor" -l config -d 'Folder with root.yaml, policy.yaml, node.yaml, jobs/ and modules/' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand doctor" -l state -d 'Folder with the node\'s key, ledger and archive' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand doctor" -l user -d 'The user that the agent runs as, by name or number. Default the one of its unit, where there is a unit for these folders; `archagent` for /var/lib/archagent; else you' -r
complete -c archctl -n "__fish_archctl_using_subcommand doctor" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l keep -d 'Keep everything in this new folder for a look, instead of a temporary one' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l sources -d 'Folder with the unpacked sources of this project\'s dependencies; cargo\'s if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l agent -d 'The program arch-node-agent; the one beside this program if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l executor -d 'The program arch-executor; the one beside this program if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l prover -d 'The program arch-prover; the one beside this program if not given' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l snarkjs -d 'The folder node_modules with snarkjs in it, to have the demo\'s proof checked by others' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l liar -d 'A program in place of arch-executor that tells lies about products, for the chapter about one' -r -F
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l patience -d 'When to give up, in seconds' -r
complete -c archctl -n "__fish_archctl_using_subcommand demo" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c archctl -n "__fish_archctl_using_subcommand explain" -l json -d 'Print one JSON object'
complete -c archctl -n "__fish_archctl_using_subcommand explain" -s h -l help -d 'Print help'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "key" -d 'Make and show keys'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "root" -d 'Make, show, sign and renew trust roots'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "policy" -d 'Check, explain and sign policies'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "job" -d 'Write, sign, check and follow jobs'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "ledger" -d 'Read, prove and verify ledgers'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "bundle" -d 'Take a job\'s run to somebody else, who checks it without the node'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "circuit" -d 'List, check, take in and hand out circuits and their keys'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "proof" -d 'Check proofs that circuits are about'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "dispute" -d 'Read, judge and carry disputes about products'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "status" -d 'Say how the node is'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "doctor" -d 'Look whether this machine can run the agent well, and whether an agent would start here'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "demo" -d 'Show everything on this machine: jobs verified, run, anchored, proved, refused and survived'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "explain" -d 'Say what a code such as ARCH-P003 means and what to do'
complete -c archctl -n "__fish_archctl_using_subcommand help; and not __fish_seen_subcommand_from key root policy job ledger bundle circuit proof dispute status doctor demo explain help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "generate" -d 'Make a key pair and keep it under a passphrase'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "show" -d 'Print the public keys of a key file; needs no passphrase'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from root" -f -a "new" -d 'Make a trust root: who may sign roots, policies and jobs, and how many of them must'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from root" -f -a "show" -d 'Print what a root says: its digest, its life, whose keys it knows and what they may sign'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from root" -f -a "sign" -d 'Sign a root or a revocation; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from root" -f -a "rotate" -d 'Make the next version of a root, signed by the old signers and the new ones'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "check" -d 'Say whether a policy is one; with a root also whether its signatures suffice'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "explain" -d 'Say in words what a policy allows, rule by rule, each with its place in the file'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "sign" -d 'Sign a policy; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "new" -d 'Write a job that is ready to be signed: a fresh nonce, a life from now on, every digest filled in'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "sign" -d 'Sign a job; comments and layout of the file are kept'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "verify" -d 'Say whether a job is well formed and signed by enough of the right people, now'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "plan" -d 'Say what an agent would do with a job, check by check, each with its evidence; runs nothing'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "submit" -d 'Hand a signed job to the running agent; the same as putting it into its jobs folder'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "list" -d 'List the jobs that the agent knows, newest first'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "show" -d 'Show all that is known of one job'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "logs" -d 'Print what a job wrote to standard output; its standard error goes to ours'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "cancel" -d 'Stop a job that waits or runs'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "release" -d 'Let a quarantined result out, after you looked at it'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "reject" -d 'Throw a result away that cannot be relied upon, quarantined, disputed or dead, after you looked at it'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "retry" -d 'Have a dead letter tried again: a job whose runs gave different results'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from job" -f -a "replay" -d 'Run an ended job again from the archive and compare; changes nothing'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from ledger" -f -a "show" -d 'Print entries, oldest first'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from ledger" -f -a "prove" -d 'Print the proof that an entry is in the log, or that the log only appended'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from ledger" -f -a "verify" -d 'Check every byte of a ledger, or one receipt; needs no agent and no network'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from ledger" -f -a "export" -d 'Copy what stock transparency-log tools read: checkpoint, tiles and keys (C2SP tlog-tiles)'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from bundle" -f -a "pack" -d 'Put all that belongs to an ended job into one folder: document, module, inputs, outputs, proofs'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from bundle" -f -a "verify" -d 'Check every byte of a job\'s bundle; needs no node, no ledger and no network'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from circuit" -f -a "list" -d 'List the circuits with their status and kind of key; with a policy, also which are pinned'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from circuit" -f -a "show" -d 'Show all that the manifest says of a circuit; with a policy, also whether its key is pinned'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from circuit" -f -a "verify" -d 'Lay the rows of circuits down and check them and their keys'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from circuit" -f -a "import" -d 'Take in the key that a ceremony made, as a new version of its circuit'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from circuit" -f -a "export" -d 'Write a circuit for iden3\'s tools: rows, key to check with, key to prove with'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from proof" -f -a "verify" -d 'Check a proof; needs no node, no ledger and no network'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from proof" -f -a "export" -d 'Write a proof for snarkjs and for a contract'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "list" -d 'List the disputes in a node\'s ledger, oldest first'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "show" -d 'Tell what happened in a dispute: who claimed what, where they part, and who is at fault by what'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "replay" -d 'Judge a dispute once more, from ledger and archive alone, and hold what the ledger says against it'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "book" -d 'Print who has staked and lost what: the settlement book, from the ledger\'s first entry on'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "export" -d 'Take a dispute, or a job\'s commitments, along: all that it is judged by, in a new folder'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "import" -d 'Hand messages of disputes to the running agent, in the order in which they are given'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "commit" -d 'Sign what one\'s own product holds, by files alone: a commitment of the same part as a line of the list'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "challenge" -d 'Sign that another\'s leaf is wrong, by files alone: the first leaf in which one\'s own product differs'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "reply" -d 'Sign what the holder of a key has to say next as a party, by files alone'
complete -c archctl -n "__fish_archctl_using_subcommand help; and __fish_seen_subcommand_from dispute" -f -a "rule" -d 'Sign the verdict of the judge whose turn it is, by files alone'
