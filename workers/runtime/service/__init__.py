"""What any long-running process needs: settings, logs, metrics, health."""
