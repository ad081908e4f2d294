"""What whoever runs the program needs: doctor, backup, restore, export, logs."""
