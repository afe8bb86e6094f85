"""Pictures of what stacks consist of and who reaches whom, read from the Terraform JSON that synth writes alone.

`read.stack` makes a `model.Graph` of one stack, `whole.system` one of all; `folding` keeps it at forty nodes; `mermaid`
writes it down, `elk` says what is to be laid out, and `svg` draws what came of that. No I/O: who asks hands in JSON.
"""
