"""The transparency log: tree, checkpoint, note, proof. No I/O."""
