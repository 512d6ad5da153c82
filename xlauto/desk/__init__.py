"""The user's Windows: setting the button and the icons up, taking them away, and finding out what is in their way.

machine is all that is asked of Windows; everything else here runs on any system.
"""
