"""What is read: source files, articles, text editions, zones and sentences."""
