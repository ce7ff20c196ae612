# Where searches show a card.
admin-cards-searched = usually no. { $place } in searches
card-reason-found_late = Searches show it at about no. { $found }; few people look that far.
card-action-found_late = Put the words that people search for into its title, and fill in its brand and attributes.
