from duonen_stats.study.shipped_files import cohort_path, dictionary_path, templates_path


def test_what_the_package_ships_is_found():
    assert dictionary_path().is_file()
    assert (templates_path() / "interim.txt.j2").is_file()
    assert (cohort_path() / "subjects.csv").is_file()
