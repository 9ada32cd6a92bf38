//! The command through its binary: standard output, standard error, exit code.
