"""The words of pages and letters for members and the public: what the plan says, in English and in each language there is a catalogue for."""
