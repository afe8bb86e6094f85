"""What stacks give each other, and to the commands that operate them: the only place where names of outputs stand.

Written once as dataclasses; `tanada.stacks` publishes them through CDKTF, commands parse them from a state's JSON.
Fields are only added; a reader states the least version that it needs, and where there is no state yet, or an older
contract, its plan says so ("waits for common").
"""
