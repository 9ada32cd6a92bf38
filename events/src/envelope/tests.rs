mod hostile;
mod laws;
mod specification;
