"""What a plan becomes for people and for other programs: report, plan file, scenario folder."""
