"""What a process of ``Processes`` runs, by the path of this file.

Python puts the folder of a file that it runs first on its import path; of code after ``-c``, and of
multiprocessing, the working folder, where anybody's files may lie beside the pictures. Only from 3.11 on can
it be told not to. So what is imported here comes from where the first process imports, and from nowhere else:
those folders are this command's arguments, and are taken before anything is imported.
"""

import sys

if __name__ == "__main__":
    sys.path[:] = sys.argv[1:]
    from ocr_cli.batch.processes import serve

    serve()
