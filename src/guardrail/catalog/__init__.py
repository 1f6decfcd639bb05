"""What native types mean and what they are billed by: one declaration each."""
