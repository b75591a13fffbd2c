"""The transparency log: tree, tiles, notes, checkpoints, cosignatures, receipts. No I/O, no clock, no randomness.

`leaf` says what is written, `tree` how it is hashed and proven, `tile` how the tree is published, `note` and
`checkpoint` how its head is signed, `witness` and `witness_request` how others countersign it, `audit` what outsiders
prove from what is published, `sequence` how leaves get their numbers, and
`receipt` how anybody checks one of them offline. Docs: docs/decisions/0004-transparency-log.md.
"""
