"""Words that respondents use whatever they write about; they tell topics apart in no consultation."""

from __future__ import annotations

from functools import cache

_FILLERS = {
    "en": """
        accompany accompanying contribution debate eight eighteen eleven fifteen fourteen nine nineteen seven
        seventeen six sixteen thirteen twelve twenty
        article art recital paragraph para title
        sincerely respectfully dear founder cofounder ceo cto cfo http https www pdf
        ability able about above accept accord accordance according accordingly account achieve across act
        action actor actual actually adapt add addition additional additionally address adequate adopt agree aim
        allow allowing alone along already also always amongst amount analysis annex answer apart appear apply
        approach appropriate area aren argue aspect aspects assess assume assure attach attachment attempt
        attention available avoid aware base based basic basically basis become begin being believe benefit best
        better beyond big bring broad build call capable careful carefully carry case cause certain certainly cf
        challenge change choice choose clear clearly combine come comment common company complete completely
        concept concern concerned concerning conclude concrete conduct consequence consider consideration
        considered consist constitute consultation contain context continue contribute correct couldn cover
        create creating creation criterion crucial current currently deal decide decision deem define definition
        degree demand depend deploy deploying describe desirable desire despite detail determine develop
        develope did different difficult direct directly discuss discussion document documents does doesn doing
        don done doubt draw due early easily easy effect effective effectively effort emphasise emphasize enable
        encourage end enough ensure ensuring entire entirely especially essential establish etc even example
        exclude exist existing expect explain express extent extremely face facilitate fact factor fairly false
        far feel field finally find first five focus follow following follows foresee form foster four framework
        frequently full fully function further furthermore future general generally get give given go goal good
        great grow guarantee ha happen hard hasn haven having help hence hereby high higher highly hold hope
        however hundred idea identify ie imagine immediate impact implement implication imply importance
        important impossible improve include including increase increasingly indeed indicate inside instance
        instead intend intended introduce invest involve isn issue item itself jointly just keep keeping key
        kind know lack large largely last later lead least leave less let level like likely limit limited line
        list little ll long look lose lot low lower main mainly maintain major make making many matter maximum
        maybe mean meaning measure meet memorandum mention merely method mind minimum moment moreover move much
        multiple must mutual namely nearly necessarily necessary necessity need needed negative nevertheless new
        next normally note nothing notion number objective obtain obvious obviously occur offer often one
        ongoing only open operate opinion opportunity option order ought outcome outside overall own paper
        parameter part particular particularity particularly pay people per perform perhaps permit person
        perspective phase phrase place plan play point pose position positive possibility possible possibly
        potential potentially practical practice precisely prefer present prevent previous primarily principle
        prior priority probably proceed produce promote proper properly proposal propose proposed protect prove
        provide provided provision purpose pursue put question questionnaire quickly quite raise range rapid
        rapidly rarely rather re reach read ready real realise really reason reasonable receive recently
        recognise recognize recommend reduce refer reference reflect regard regarding regardless regards
        regulate related relation relevant rely remain remember remove repeat replace represent require resp
        respect respective respectively respond response result role run say second secondly section see seek
        seem seen send sense separate serious seriously serve set several shall share short shouldn show side
        significant significantly similar simple simply situation solely solve somehow sometimes soon sort
        special specific specifically specify spend stage stand start state statement stay step still stop
        strengthen strictly strong strongly structure subject submission substantial such sufficient
        sufficiently suggest suggestion suitable sum support sure system systems take talk target task tell ten
        tend term thank therefore thing think third thousand three throughout thus time today together tool
        topic touch towards true try turn two type typically ultimately unclear underline understand
        understanding undertake unfortunately unless unlike unnecessary until upload upon urge us usage use
        useful using usually value variety various vary ve very via view vital wait want way ways welcome well
        whatever whereas whereby wherever whether white whole whose wide widely wider willing wish within
        without won word wording worth wouldn write wrong year yes yet
    """,
    "de": """
        ab aber abhängig alle allem allen allerdings allgemein also ander andere anderen anwendung art aspekt
        aufgabe ausreichend bedarf bedeuten beim beispiel beispielsweise bereich bereits besonders besser
        bestehen bestehend bestimmt betreffen bieten bringen dabei daher damit davon dazu ebenfalls ebenso eher
        eigen einbeziehen einsatz einzeln entsprechend entstehen entwickeln entwicklung erfolgen erforderlich
        ermöglichen etwa fall folgen folgend form frage führen geben gehen gelten gemeinsam generell gering
        gesamt gewährleisten gleich gleichzeitig groß grund grundsätzlich gut halten handeln hierbei hinblick
        hoch insbesondere jedoch jeweilig klar kommen konkret könnte lassen leisten liegen machen mittel möglich
        möglichkeit müssen nehmen neu notwendig nutzen nutzung nötig person personen punkt rahmen richtig rolle
        sache schaffen schon sehen sehr sein setzen sicherstellen sinn sinnvoll sollen sowie sowohl spielen
        stark stehen stellen teil thema tun umgang unbedingt unterschiedlich usw verschieden verstehen viel
        vorhanden wahrscheinlich weg weise weit weiter weitere welch werden wert wichtig wirklich wissen wollen
        wäre würde ziel zudem zukunft zusätzlich zwischen
    """,
    "fr": """
        ainsi aller aspect assurer aucun aujourd avis avoir besoin bien cadre cas cela certain clair comprendre
        concerner considérer contexte créer devoir différent dire domaine donner effet ensemble essentiel
        exemple existant faire façon fois forme garantir grand important lier lieu mesure mettre mieux mise mode
        moyen niveau nombreux nouveau nécessaire nécessiter objectif ordre outil part particulier permettre
        personne plusieurs point possible pouvoir prendre principe problème proposer propre présent question
        raison rapport rendre réel rôle savoir sens seul soit souvent suivre sujet système tenir terme tout type
        utilisation utiliser venir voir vouloir élément éviter
    """,
    "es": """
        además aplicación asegurar aspecto así caso clave considerar creer dar deber decir desarrollar
        desarrollo diferente distinto ejemplo existir fin forma garantizar gran haber hacer importante ir llevar
        lugar manera mayor medida medio mejor mejorar mismo necesario necesidad nivel nuevo objetivo parte
        permitir persona poder poner posible principal problema proceso propio puede punto realizar relación
        sentido ser sistema tal tema tener tipo todo tomar tratar usar uso utilizar ver vez ámbito
    """,
    "it": """
        ambito applicazione aspetto attività attraverso base bisogno campo caso considerare creare dare dire
        diverso dovere esempio essenziale essere fare fine forma garantire grande importante livello maggiore
        mezzo migliorare modo necessario necessità nuovo obiettivo parte particolare permettere persona
        possibile potere prendere presente problema processo proprio punto qualsiasi rendere sapere sempre senso
        settore singolo sistema situazione stato stesso strumento sviluppo tema tenere tipo trattare tutto usare
        uso utilizzare utilizzo vario venire verso
    """,
    "nl": """
        aan aandacht aantal belangrijk beter bijvoorbeeld brengen daarbij daarnaast dergelijk dienen doel doen
        eigen gaan gebied gebruik gebruiken geven goed groot hebben hierbij houden kader komen kunnen laten
        maken manier mate middel moeten mogelijk mogen natuurlijk nemen nieuw nodig onder ontwikkelen
        ontwikkeling persoon punt rol slecht soort stellen systeem toepassing vaak verschillend vinden voldoende
        vooral vorm vraag weten willen worden zaak zien zorgen zullen
    """,
    "pt": """
        além aplicação aspecto assim caso considerar criar dar desenvolvimento dever diferente dizer exemplo
        existir fazer forma garantir grande haver importante ir maior medida meio melhor mesmo necessidade
        necessário novo nível objetivo parte permitir pessoa poder ponto possível problema processo próprio
        questão relação sentido ser sistema tal tema ter tipo todo usar uso utilizar utilização ver vez âmbito
    """,
    "pl": """
        bardzo być cel czas dobry duży dziedzina forma inny istnieć jeden każdy konieczny kwestia mieć można
        musieć móc należeć nowy obszar osoba powinien powinno pozwalać problem przykład rodzaj różny sposób
        system taki ważny wiele własny zakres zapewnić zastosowanie zostać
    """,
    "sv": """
        använda användning behov behöva bra bör exempel finnas form få ge göra hög kunna ligga ny olika område
        sak se stor system sätt ta vara viktig
    """,
    "da": """
        anvende anvendelse behov bruge burde eksempel form få give god gøre høj kunne ligge måde ny område se
        sikre stor system tage vigtig være
    """,
    "fi": """
        alue antaa asia ei esimerkki hyvä järjestelmä käyttää käyttö merkittävä muu olla pitää saada suuri tapa
        tarve tehdä tulla tärkeä uusi voida
    """,
    "cs": """
        být další dobrý forma moci možnost muset mít nový oblast otázka problém příklad různý systém velký
        způsob
    """,
    "sk": """
        byť dobrý forma mať možnosť musieť môcť nový oblasť otázka problém príklad rôzny spôsob systém veľký
        ďalší
    """,
    "ro": """
        acest avea bun caz exemplu face fi fiecare important nevoie nou persoană poate problemă putea sistem
        trebui trebuie
    """,
    "hu": """
        eset fontos kell kérdés lehet más mód nagy például rendszer szükséges terület van új
    """,
}


@cache
def fillers(language: str) -> frozenset[str]:
    """Return such words of one language, lower-cased; empty where no list was made."""
    return frozenset(_FILLERS.get(language, "").split())
