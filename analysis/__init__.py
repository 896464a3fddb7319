"""The numbers of a systematic review: frozen inputs in, frozen results out.

Plain Python with numpy, scipy and, for print, matplotlib. Nothing here reads a file, a clock or a setting.
Start at `synthesis.analyse`; `data` holds the inputs, `options` the choices, `results` what comes back.
"""
