"""Work that outlasts a request: jobs held chunk by chunk, imports, exports, and every kind of them."""
